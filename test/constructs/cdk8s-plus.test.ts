/** Values of the real cdk8s and cdk8s-plus in the props of tasks. */
import { App, Duration, Size } from 'cdk8s';
import {
  ConfigMap,
  Cpu,
  EnvFieldPaths,
  EnvValue,
  HostPathVolumeType,
  type IConfigMap,
  type IPersistentVolumeClaim,
  type ISecret,
  PersistentVolumeAccessMode,
  PersistentVolumeClaim,
  Volume as PlusVolume,
  ResourceFieldPaths,
  Secret,
  ServiceAccount,
} from 'cdk8s-plus-28';
import { expect, test } from 'vitest';
import { lowerPipeline } from '../../src/constructs/lower/pipeline.ts';
import { Collector } from '../../src/diagnostics/collector.ts';
import { Pipeline, type PipelineProps, Task, type TaskProps, Volume } from '../../src/index.ts';
import type { Task as TaskIr } from '../../src/ir/task.ts';

/** The classes of cdk8s-plus do not fit its own interfaces under exactOptionalPropertyTypes. */
const loose = <T>(value: unknown): T => value as T;

function lowered(props: TaskProps | ((p: Pipeline) => TaskProps), whole: PipelineProps = {}): TaskIr {
  const p = new Pipeline(new App(), 'p', { image: 'busybox:1.37', ...whole });
  new Task(p, 't', { command: ['work'], ...(typeof props === 'function' ? props(p) : props) });
  const diagnostics = new Collector();
  const { tasks } = lowerPipeline(p, diagnostics);
  expect(diagnostics.sorted().map(({ code, message }) => `${code} ${message}`)).toEqual([]);
  return tasks[0] as TaskIr;
}

test('Cpu, Size and Duration', () => {
  const task = lowered({
    cpu: { request: Cpu.millis(1500), limit: Cpu.units(2) },
    memory: Size.gibibytes(8),
    ephemeralStorage: Size.mebibytes(1536),
    shm: Size.kibibytes(5),
    timeout: Duration.minutes(90),
    deadline: Duration.days(2),
    terminationGrace: Duration.seconds(45),
    retries: { limit: 2, backoff: { base: Duration.seconds(30), cap: Duration.hours(1) } },
  });
  expect(task).toMatchObject({
    cpu: { request: '1500m', limit: '2' },
    memory: { request: '8Gi', limit: '8Gi' },
    ephemeralStorage: { request: '1536Mi', limit: '1536Mi' },
    shm: '5Ki',
    timeoutSeconds: 5400,
    deadlineSeconds: 172_800,
    terminationGraceSeconds: 45,
    retries: { backoff: { seconds: 30, capSeconds: 3600 } },
  });
});

test('EnvValue in all its forms', () => {
  const { container } = lowered((p) => {
    const secret: ISecret = loose(new Secret(p, 'secret', { metadata: { name: 'keys' } }));
    const settings: IConfigMap = loose(new ConfigMap(p, 'settings', { metadata: { name: 'settings' } }));
    return {
      env: {
        VALUE: EnvValue.fromValue('$(HOME) {{x}}'),
        SECRET: EnvValue.fromSecretValue({ secret, key: 'token' }),
        OPTIONAL: EnvValue.fromSecretValue({ secret, key: 'token' }, { optional: true }),
        CONFIG: EnvValue.fromConfigMap(settings, 'level'),
        POD: EnvValue.fromFieldRef(EnvFieldPaths.POD_NAME),
        LABEL: EnvValue.fromFieldRef(EnvFieldPaths.POD_LABEL, { key: 'app' }),
        MEMORY: EnvValue.fromResource(ResourceFieldPaths.MEMORY_LIMIT),
        CORES: EnvValue.fromResource(ResourceFieldPaths.CPU_LIMIT, { divisor: '1' }),
        OWN: { secret, key: 'token' },
      },
    };
  });
  expect(container.environment.variables).toEqual([
    { kind: 'text', name: 'VALUE', text: ['$(HOME) {{x}}'] },
    { kind: 'secret', name: 'SECRET', object: 'keys', key: 'token', optional: false },
    { kind: 'secret', name: 'OPTIONAL', object: 'keys', key: 'token', optional: true },
    { kind: 'configMap', name: 'CONFIG', object: 'settings', key: 'level', optional: false },
    { kind: 'field', name: 'POD', fieldPath: 'metadata.name' },
    { kind: 'field', name: 'LABEL', fieldPath: "metadata.labels['app']" },
    { kind: 'resource', name: 'MEMORY', resource: 'limits.memory', divisor: undefined },
    { kind: 'resource', name: 'CORES', resource: 'limits.cpu', divisor: '1' },
    { kind: 'secret', name: 'OWN', object: 'keys', key: 'token', optional: false },
  ]);
});

test('Volume in the forms that tasks have, and claims', () => {
  const { container } = lowered((p) => {
    const secret: ISecret = loose(new Secret(p, 'secret', { metadata: { name: 'keys' } }));
    const settings: IConfigMap = loose(new ConfigMap(p, 'settings', { metadata: { name: 'settings' } }));
    const claim: IPersistentVolumeClaim = loose(
      new PersistentVolumeClaim(p, 'claim', {
        metadata: { name: 'data' },
        accessModes: [PersistentVolumeAccessMode.READ_WRITE_MANY],
        storage: Size.gibibytes(100),
      }),
    );
    return {
      volumes: [
        { volume: claim, path: '/data', subPath: 'raw', readOnly: true },
        { volume: PlusVolume.fromPersistentVolumeClaim(p, 'v1', claim, { readOnly: true }), path: '/claim' },
        {
          volume: PlusVolume.fromConfigMap(p, 'v2', settings, { defaultMode: 0o400, optional: true }),
          path: '/config',
        },
        { volume: PlusVolume.fromSecret(p, 'v3', secret, { items: { token: { path: 'a/b' } } }), path: '/secret' },
        { volume: PlusVolume.fromEmptyDir(p, 'v4', 'scratch', { sizeLimit: Size.gibibytes(1) }), path: '/scratch' },
        {
          volume: PlusVolume.fromHostPath(p, 'v5', 'host', { path: '/mnt', type: HostPathVolumeType.DIRECTORY }),
          path: '/host',
        },
        Volume.claim(claim).mount('/own'),
        Volume.secret(secret).mount('/own-secret'),
        Volume.emptyDir('fast', { medium: 'Memory', sizeLimit: Size.mebibytes(64) }).mount('/fast'),
      ],
    };
  });
  const at = (path: string) => container.volumes.find(({ mountPath }) => mountPath === path);
  expect(at('/data')).toMatchObject({ source: { claim: 'data' }, subPath: 'raw', readOnly: true });
  expect(at('/claim')?.source).toEqual({ kind: 'persistentVolumeClaim', claim: 'data', readOnly: true });
  expect(at('/config')?.source).toMatchObject({
    kind: 'configMap',
    object: 'settings',
    optional: true,
    defaultMode: 0o400,
  });
  expect(at('/secret')?.source).toMatchObject({
    kind: 'secret',
    object: 'keys',
    items: [{ key: 'token', path: 'a/b' }],
  });
  expect(at('/scratch')?.source).toMatchObject({ kind: 'emptyDir', sizeLimit: '1024Mi' });
  expect(at('/host')?.source).toEqual({ kind: 'hostPath', path: '/mnt', type: 'Directory' });
  expect(at('/own')?.source).toMatchObject({ claim: 'data' });
  expect(at('/own-secret')?.source).toMatchObject({ object: 'keys' });
  expect(at('/fast')?.source).toEqual({ kind: 'emptyDir', medium: 'Memory', sizeLimit: '64Mi' });
});

test('ServiceAccount, and Secret as pull secret and environment, also from names', () => {
  const task = lowered((p) => ({
    serviceAccount: new ServiceAccount(p, 'account', { metadata: { name: 'trainer' } }),
    imagePullSecrets: [Secret.fromSecretName(p, 'pull', 'registry'), 'second'],
    envFrom: [{ secret: Secret.fromSecretName(p, 'all', 'all-keys'), prefix: 'K_' }],
  }));
  expect(task).toMatchObject({ serviceAccount: 'trainer', imagePullSecrets: ['registry', 'second'] });
  expect(task.container.environment.from).toEqual([
    { kind: 'secret', object: 'all-keys', prefix: 'K_', optional: false },
  ]);
});
