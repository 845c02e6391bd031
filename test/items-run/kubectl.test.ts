import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { KubernetesClient } from '../../src/cluster/client.ts';
import { AccessError, ApiError, ConnectionError } from '../../src/cluster/errors.ts';
import { kubectlAccess } from '../../src/cluster/kubectl/kubectl-access.ts';
import { kubectlError } from '../../src/cluster/kubectl/kubectl-errors.ts';
import { patchArguments } from '../../src/cluster/kubectl/kubectl-patch.ts';
import { KubectlRequests } from '../../src/cluster/kubectl/kubectl-requests.ts';

const folder = mkdtempSync(join(tmpdir(), 'podloom-kubectl-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A program that does what this module says: `args` are its arguments, `input` what came on stdin. */
function program(name: string, body: string): readonly string[] {
  const file = join(folder, `${name}.mjs`);
  writeFileSync(
    file,
    `import { readFileSync, appendFileSync, existsSync } from 'node:fs';\nconst args = process.argv.slice(2);\n${body}`,
  );
  chmodSync(file, 0o755);
  return [process.execPath, file];
}

const env = { PATH: process.env.PATH };
const requests = (command: readonly string[]): KubectlRequests => new KubectlRequests({ command, env, cwd: folder });

test('each request is a command of kubectl, whose words no shell reads', async () => {
  const command = program(
    'echo',
    `console.log(JSON.stringify({ args, input: args.includes('-f') ? readFileSync(0, 'utf8') : '' }));`,
  );
  const sender = requests([...command, '--context=a b; exit 3']);
  const path = '/api/v1/namespaces/x/pods';
  expect(await sender.send('GET', path, { query: { labelSelector: "a=$(b) 'c'", limit: undefined } })).toEqual({
    args: ['--context=a b; exit 3', 'get', '--raw', `${path}?labelSelector=a%3D%24%28b%29+%27c%27`],
    input: '',
  });
  const body = { kind: 'Pod', text: '"\n$' };
  expect(await sender.send('POST', path, { body })).toEqual({
    args: ['--context=a b; exit 3', 'create', '--raw', path, '-f', '-'],
    input: JSON.stringify(body),
  });
  expect(await sender.send('DELETE', `${path}/a`, {})).toMatchObject({ args: expect.arrayContaining(['delete']) });
  await expect(sender.send('PATCH', path, { body })).rejects.toThrow(AccessError);
});

test('the context and namespace are those of kubectl', async () => {
  const config = {
    'current-context': 'lab',
    clusters: [{ cluster: { server: 'https://lab:6443' } }],
    contexts: [{ context: { namespace: 'vision' } }],
  };
  const command = program(
    'config',
    `if (args.join(' ') === 'config view --minify -o json') console.log(${JSON.stringify(JSON.stringify(config))});`,
  );
  const options = { command, env, cwd: folder };
  expect(await kubectlAccess(options, undefined)).toMatchObject({
    server: 'https://lab:6443',
    namespace: 'vision',
    context: 'lab',
  });
  expect((await kubectlAccess(options, 'other')).namespace).toBe('other');
  await expect(kubectlAccess({ ...options, command: ['no-such-kubectl'] }, undefined)).rejects.toThrow(
    'no-such-kubectl cannot be started: there is no such program',
  );
});

test('a watch gives each event as it comes, and ends when it is told to', async () => {
  const event = { type: 'ADDED', object: { metadata: { name: 'a', uid: '1' } } };
  const command = program(
    'watch',
    `console.log(${JSON.stringify(JSON.stringify(event))});\nsetInterval(() => {}, 1000);`,
  );
  const client = new KubernetesClient({
    ...{ sender: requests(command), server: '', namespace: 'x', context: undefined },
  });
  const stop = new AbortController();
  const names: string[] = [];
  for await (const { object } of client.watch(
    { apiVersion: 'v1', kind: 'Pod', namespace: 'x' },
    { signal: stop.signal },
  )) {
    names.push(object.metadata.name);
    stop.abort();
  }
  expect(names).toEqual(['a']);
});

test('a stream that is refused at first is asked again; one that breaks in the middle is not', async () => {
  const mark = JSON.stringify(join(folder, 'asked'));
  const refused = program(
    'refused',
    `if (existsSync(${mark})) console.log('line');\nelse {\n  appendFileSync(${mark}, 'x');\n  console.error('The connection to the server x was refused - did you specify the right host or port?');\n  process.exit(1);\n}`,
  );
  const read = async (command: readonly string[]): Promise<string> => {
    let text = '';
    for await (const chunk of requests(command).stream('/log', {})) text += Buffer.from(chunk).toString();
    return text;
  };
  expect(await read(refused)).toBe('line\n');
  const cut = program(
    'cut',
    `process.stdout.write('half', () => {\n  console.error('error: unexpected EOF');\n  process.exit(1);\n});`,
  );
  await expect(read(cut)).rejects.toThrow(ConnectionError);
});

test.each<[string, object]>([
  [
    'Error from server (NotFound): pods "a" not found',
    { name: 'ApiError', status: 404, reason: 'NotFound', message: 'pods "a" not found' },
  ],
  [
    'Error from server (AlreadyExists): pods "a" already exists',
    { name: 'ApiError', status: 409, reason: 'AlreadyExists' },
  ],
  ['Error from server (Forbidden): pods "a" is forbidden: exceeded quota: q', { name: 'ApiError', status: 403 }],
  ['Error from server: etcdserver: leader changed', { name: 'ApiError', status: 500 }],
  ['The Pod "a" is invalid: spec.containers: Required value', { name: 'ApiError', status: 422 }],
  ['error: You must be logged in to the server (Unauthorized)', { name: 'ApiError', status: 401 }],
  [
    'Unable to connect to the server: dial tcp: lookup x: no such host',
    { name: 'ConnectionError', code: 'ENOTFOUND', transient: false },
  ],
  [
    'Unable to connect to the server: tls: failed to verify certificate: x509: unknown',
    { name: 'ConnectionError', transient: false },
  ],
  [
    'Unable to connect to the server: net/http: TLS handshake timeout',
    { name: 'ConnectionError', code: 'TIMEOUT', transient: true },
  ],
  ['error: context "x" does not exist', { name: 'AccessError', message: 'kubectl: context "x" does not exist' }],
  ['', { name: 'AccessError', message: 'kubectl ended with an error and said nothing' }],
  [
    'error: Apply failed with 1 conflict: conflict with "helm" using v1: .data.a\nPlease review the fields above--they',
    {
      ...{ name: 'ApiError', status: 409 },
      causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "helm" using v1', field: '.data.a' }],
    },
  ],
  [
    'error: Apply failed with 3 conflicts: conflicts with "a":\n- .data.x\n- .data.y\nconflict with "b": .data.z\nPlease review the fields above',
    {
      causes: [
        { message: 'conflict with "a"', field: '.data.x' },
        { message: 'conflict with "a"', field: '.data.y' },
        { message: 'conflict with "b"', field: '.data.z' },
      ],
    },
  ],
])('%s', (printed, expected) => {
  expect(kubectlError('GET /x', `W1 warning\n${printed}\n`.replace(/^W1 warning\n\n$/, ''))).toMatchObject(expected);
});

test('errors are those that the rest of podloom knows', () => {
  expect(kubectlError('GET /x', 'Error from server (Gone): old')).toBeInstanceOf(ApiError);
});

const SSA = { fieldManager: 'podloom', fieldValidation: 'Strict' };

test.each<[string, string, object, string[] | undefined]>([
  [
    'apply',
    '/apis/batch/v1/namespaces/lab/jobs/train',
    { contentType: 'application/apply-patch+yaml', query: { ...SSA, force: true, dryRun: 'All' } },
    [
      ...[
        'apply',
        '--server-side',
        '--force-conflicts',
        '--validate=strict',
        '--namespace=lab',
        '--field-manager=podloom',
      ],
      ...['--dry-run=server', '--output=json', '--filename=-'],
    ],
  ],
  [
    'a status',
    '/api/v1/namespaces/lab/pods/train-0/status',
    { contentType: 'application/strategic-merge-patch+json' },
    [
      ...['patch', 'pods', 'train-0', '--type=strategic', '--patch-file=/dev/stdin'],
      ...['--namespace=lab', '--subresource=status', '--output=json'],
    ],
  ],
  [
    'cluster-scoped',
    '/apis/scheduling.k8s.io/v1/priorityclasses/podloom-high',
    { contentType: 'application/merge-patch+json' },
    [
      ...['patch', 'priorityclasses.v1.scheduling.k8s.io', 'podloom-high', '--type=merge'],
      ...['--patch-file=/dev/stdin', '--output=json'],
    ],
  ],
  ['a collection', '/api/v1/namespaces/lab/pods', { contentType: 'application/merge-patch+json' }, undefined],
])('PATCH: %s', (_what, path, options, expected) => {
  expect(patchArguments(path, options)).toEqual(expected);
});
