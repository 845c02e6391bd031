import { expect, test } from 'vitest';
import { realToolchain } from '../../src/cli/real-toolchain.ts';
import { podloom, temporaryFolder } from '../cli/rig.ts';

const POD = `apiVersion: v1
kind: Pod
spec:
  containers:
    - name: main
      image: busybox:1.37
      command: [echo, "{{.Item}}"]
`;

const run = (files: { readonly [name: string]: string }, ...flags: readonly string[]) =>
  podloom(temporaryFolder(files), ['items', 'run', 'pod.yaml', ...flags], { toolchain: realToolchain });

test('pods are called after their items where the template does not say it', async () => {
  const { code, stdout } = await run({ 'pod.yaml': POD }, '-b', '{a,B}', '--dry-run');
  expect(code).toBe(0);
  expect(stdout.match(/^ {2}name: .*$/gm)).toEqual([
    '  name: pod-a',
    expect.stringMatching(/^ {2}name: pod-b-[0-9a-f]{8}$/),
  ]);
  expect(stdout).toContain('restartPolicy: Never');
});

test('names begin as the template says', async () => {
  const named = (metadata: string) => POD.replace('spec:', `metadata: ${metadata}\nspec:`);
  const name = async (metadata: string) =>
    (await run({ 'pod.yaml': named(metadata) }, '-b', 'x', '--dryrun')).stdout.match(/^ {2}name: (.*)$/m)?.[1];
  expect(await name('{ name: train }')).toBe('train-x');
  expect(await name('{ generateName: train- }')).toBe('train-x');
  expect(await name('{ name: "t-{{.Index}}-{{.Item}}" }')).toBe('t-0-x');
});

test('YAML is read as Kubernetes reads it: anchors, octal numbers, comments with braces', async () => {
  const yaml = `# {{.Nothing}}
apiVersion: v1
kind: Pod
spec:
  containers:
    - name: main
      image: busybox:1.37
      args: [&item "{{.Item}}", *item]
      volumeMounts: [{ name: files, mountPath: /files }]
  volumes:
    - { name: files, configMap: { name: files, defaultMode: 0644 } }
`;
  const { code, stdout } = await run({ 'pod.yaml': yaml, items: 'a: b\n' }, '-i', 'items', '--dry-run');
  expect(code).toBe(0);
  expect(stdout.match(/^ +- "?a: b"?$/gm)).toHaveLength(2);
  expect(stdout).toContain('defaultMode: 420');
});

test('all that is wrong is told at once, and nothing is printed', async () => {
  const yaml = POD.replace('"{{.Item}}"', '"{{.Values.path}} {{.item}}"').replace('image:', 'imag:');
  const files = { 'pod.yaml': `${yaml}  restartPolicy: Always\n`, items: '[{ "path": "a" }, { "item": "b" }]' };
  const { code, stdout, stderr } = await run(files, '-j', 'items', '--dry-run');
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('pod.yaml:7:23 error PL492: {{.item}} is not understood');
  expect(stderr).toContain('pod.yaml:7:23 error PL494: item 1 of items has no field "path"');
  expect(stderr).toContain('pod.yaml:8:18 error PL491: the template has `restartPolicy: Always`');
});

test.each<[string, string]>([
  [`${POD}---\n${POD}`, 'PL491: the template has several documents'],
  ['', 'PL491: the template is empty'],
  ['- a\n', 'PL491: the template is no object'],
  [
    POD.replace('name: main', 'name: "{{.Item}}"'),
    'PL493: the name of the container whose log is kept has a placeholder',
  ],
  [POD.replace('spec:', 'metadata: { namespace: "{{.Item}}" }\nspec:'), 'PL493: the namespace has a placeholder'],
  [POD.replace('"{{.Item}}"', '{{.Item .Index}}'), 'PL493'],
  [POD.replace('"{{.Item}}"', '{{.Item}}-x'), 'PL491: the template is no YAML'],
])('%j is refused', async (yaml, expected) => {
  const { code, stderr } = await run({ 'pod.yaml': yaml }, '-b', 'x', '--dry-run');
  expect([code, stderr]).toEqual([2, expect.stringContaining(expected)]);
});

test.each<[string, string, string]>([
  ['-j', '[{"a": 1},]', 'PL044: items:1:11'],
  ['-j', '[{"a": [1]}]', 'PL047: field a of item 0 of items is a list'],
  ['-j', '{"a": 1}', 'PL044'],
  ['-i', 'a\0b\n', 'PL042'],
  ['-i', '\n', 'PL498: items: there is no item in it'],
  ['-b', '', 'PL490'],
])('%s %j is refused', async (flag, text, expected) => {
  const word = flag === '-b' ? ['-i', 'none'] : [flag, 'items'];
  const { code, stderr } = await run({ 'pod.yaml': POD, items: text }, ...word, '--dry-run');
  expect([code, stderr]).toEqual([2, expect.stringContaining(expected)]);
});

test('a script that has an item in it gets a warning, if the item means something to the shell', async () => {
  const script = POD.replace('[echo, "{{.Item}}"]', '[/bin/bash, -ec]\n      args: ["wc {{.Item}}"]');
  const warn = async (items: string) => (await run({ 'pod.yaml': script }, '-b', items, '--dry-run')).stderr;
  expect(await warn('a-{1..3}.txt')).toBe('');
  expect(await warn('{a,b;c}')).toContain('PL497: {{.Item}} is part of a shell script, and item 1 (b;c) has ";"');
});

test('one list of items has to be there', async () => {
  const files = { 'pod.yaml': POD, items: 'a\n' };
  expect((await run(files)).stderr).toContain('error: there are no items');
  expect((await run(files, '-i', 'items', '-b', 'x')).stderr).toContain('error: there are several lists of items');
});
