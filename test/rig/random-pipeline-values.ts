import { Size } from 'cdk8s';
import fc from 'fast-check';
import type {
  EnvFromInput,
  EnvInput,
  JsonObject,
  PodProps,
  ResourceInput,
  RetryProps,
  SecurityProps,
  TaskProps,
  Toleration,
} from '../../src/index.ts';

/** Texts that break careless quoting. */
export const hostileText = fc.oneof(
  fc.constantFrom(
    "it's",
    '$(id)',
    '$$(A)',
    '`id`',
    '{{x}}',
    '{{=1+1}}',
    '{{workflow.name}}',
    '\n',
    ' a\n',
    '-n',
    '--',
    '"',
    '\\',
    '',
    '*',
    'ü',
    '日本',
    '%s',
    '&& true',
  ),
  fc
    .string({ unit: 'grapheme', maxLength: 20 })
    .filter((text) => !/[\0\uE000\uE001]/.test(text) && text.isWellFormed()),
);

/** A value that is fine, and where the pipeline is `wild` now and then one that is not. */
export type Pick = <T>(good: fc.Arbitrary<T>, ...bad: readonly T[]) => fc.Arbitrary<T>;
export const tame: Pick = (good) => good;
export const wild: Pick = (good, ...bad) =>
  bad.length === 0 ? good : fc.oneof({ weight: 8, arbitrary: good }, { weight: 1, arbitrary: fc.constantFrom(...bad) });

/** Ids of constructs, at and near the limits of what names may be. */
export const constructId = (longest: number) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.stringMatching(/^[a-z]([a-z0-9-]{0,10}[a-z0-9])?$/) },
    { weight: 1, arbitrary: fc.constantFrom('in', 'not', 'nil', 'Train Model', '1st', '007', 'Übung', '日本') },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: longest }).map((length) => 'a'.repeat(length)) },
  );

export function resources(pick: Pick): fc.Arbitrary<Partial<TaskProps>> {
  const cores = pick<ResourceInput>(
    fc.constantFrom<ResourceInput>(
      '1',
      '500m',
      2,
      0.5,
      '1500m',
      { amount: '250m' },
      { request: '1', limit: '2' },
      { limit: '3' },
      { request: 0 },
    ),
    '-1',
    '8Gb',
    'lots',
    { request: '2', limit: '1' },
  );
  const bytes = pick<ResourceInput>(
    fc.constantFrom<ResourceInput>(
      '2Gi',
      '8Gi',
      '4096Mi',
      '5e9',
      Size.gibibytes(4),
      { request: '1Gi', limit: '3Gi' },
      { request: '2G' },
      { limit: 4_000_000_000 },
    ),
    '-1',
    '8Gb',
    'lots',
    '0.5m',
    { request: '2Gi', limit: '1Gi' },
  );
  return fc.record<Partial<TaskProps>>(
    {
      cpu: cores,
      memory: bytes,
      ephemeralStorage: bytes,
      gpu: pick<NonNullable<TaskProps['gpu']>>(
        fc.constantFrom<NonNullable<TaskProps['gpu']>>(
          1,
          8,
          'H100',
          'A100:4',
          { count: 2 },
          { count: 1, product: 'T4' },
        ),
        0.5,
        'H100:0',
        'Strange Product:2',
      ),
      shm: pick<string>(fc.constantFrom('1Gi', '64Mi'), '1G b'),
    },
    { requiredKeys: [] },
  );
}

export const security: fc.Arbitrary<SecurityProps> = fc.constantFrom<SecurityProps>(
  { user: 1000, nonRoot: true },
  { user: 0, group: 0, fsGroup: 2_147_483_647 },
  { privileged: true },
  { privileged: true, allowPrivilegeEscalation: true, seccomp: 'Unconfined' },
  { addCapabilities: ['IPC_LOCK'], dropCapabilities: ['ALL'] },
  { allowPrivilegeEscalation: true, addCapabilities: ['SYS_ADMIN'] },
  { readOnlyRoot: true, seccomp: 'RuntimeDefault' },
);

export function tolerations(pick: Pick): fc.Arbitrary<Toleration[]> {
  return fc.array(
    pick<Toleration>(
      fc.constantFrom<Toleration>(
        { key: 'spot', operator: 'Exists' },
        { key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' },
        { key: 'team', operator: 'Equal', value: 'vision', effect: 'NoExecute' },
        { key: 'team', operator: 'Equal', effect: 'PreferNoSchedule' },
        { operator: 'Exists' },
      ),
      { operator: 'Equal', value: 'x' },
      { key: 'a b', operator: 'Exists' },
      { key: 'spot', operator: 'Exists', value: 'x' },
    ),
    { maxLength: 2 },
  );
}

export function retries(pick: Pick): fc.Arbitrary<number | RetryProps> {
  return pick<number | RetryProps>(
    fc.oneof(
      fc.nat(5),
      fc.constantFrom<RetryProps>(
        { limit: 3, exceptExitCodes: [3, 7] },
        { limit: 2, on: ['failed'] },
        { limit: 2, on: ['infrastructure'], exceptExitCodes: [255] },
        { limit: 1, on: [] },
        { limit: 4, backoff: { base: '10s' } },
        { limit: 4, backoff: { base: '10s', factor: 3, cap: '5m' } },
        { limit: 200, exceptExitCodes: Array.from({ length: 255 }, (_, code) => code + 1) },
      ),
    ),
    -1,
    { limit: 3, exceptExitCodes: [0, 256] },
    { limit: 2, backoff: { base: '5m', cap: '10s' } },
  );
}

const environmentValue: fc.Arbitrary<EnvInput> = fc.oneof(
  { weight: 4, arbitrary: hostileText },
  fc.constantFrom<EnvInput>(
    3,
    0.1,
    true,
    { secret: 'keys', key: 'token' },
    { secret: { name: 'keys' }, key: '.dockerconfigjson', optional: true },
    { configMap: 'settings', key: 'a_b-c.d' },
    { field: 'metadata.name' },
    { field: 'status.hostIP' },
    { field: "metadata.annotations['a/b']" },
    { value: 'from cdk8s-plus' },
    { valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } } },
    { valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
  ),
);

export function environment(pick: Pick): fc.Arbitrary<{ [name: string]: EnvInput }> {
  return fc.dictionary(pick(fc.constantFrom('A', 'B_C', 'x1', '_'), '1bad', 'PODLOOM_X', 'a=b'), environmentValue, {
    maxKeys: 3,
  });
}

export const environmentSources: fc.Arbitrary<EnvFromInput[]> = fc.array(
  fc.constantFrom<EnvFromInput>(
    { secret: 'keys' },
    { configMap: { name: 'settings' }, prefix: 'CFG_', optional: true },
    { secret: 'keys', prefix: 'a.b-' },
  ),
  { maxLength: 2 },
);

const labelMap = (pick: Pick) =>
  pick<{ [key: string]: string }>(
    fc.constantFrom<{ [key: string]: string }>({ app: 'x' }, { 'example.com/Team_1': '' }, { a: 'b'.repeat(63) }),
    { 'bad key': 'z' },
    { 'podloom.dev/task': 'mine' },
    { app: 'not valid!' },
  );

/** What a pipeline gives to all its tasks and a task has for itself, but for `image` and `volumes`. */
export function podProps(pick: Pick): fc.Arbitrary<PodProps> {
  return fc.record<PodProps>(
    {
      imagePullPolicy: fc.constantFrom('Always', 'IfNotPresent', 'Never'),
      imagePullSecrets: fc.constantFrom(['pull'], ['pull', { name: 'pull.2' }], []),
      envFrom: environmentSources,
      serviceAccount: pick<string | { name: string }>(fc.constantFrom('trainer', { name: 'trainer' }), 'Not Valid'),
      security,
      nodeSelector: labelMap(pick),
      tolerations: tolerations(pick),
      priority: pick<NonNullable<PodProps['priority']>>(
        fc.constantFrom<NonNullable<PodProps['priority']>>('low', 'normal', 'high', 'critical', { class: 'mine' }),
        { class: 'Not Valid' },
      ),
      labels: labelMap(pick),
      annotations: pick<{ [key: string]: string }>(
        hostileText.map((text) => ({ 'example.com/Note': text, a: '' })),
        { 'a b': 'c' },
      ),
      retries: retries(pick),
    },
    { requiredKeys: [] },
  );
}

/** Raw patches that users need: fields that podloom has no prop for. */
export function patches(pick: Pick): fc.Arbitrary<Partial<TaskProps>> {
  return fc.record<Partial<TaskProps>>(
    {
      podSpecPatch: pick<JsonObject>(
        fc.constantFrom<JsonObject>(
          { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' },
          { schedulerName: 'kai-scheduler' },
          { runtimeClassName: 'nvidia' },
          { containers: [{ name: 'main', ports: [{ containerPort: 8080, name: 'http' }], tty: true }] },
          { hostAliases: [{ ip: '10.0.0.1', hostnames: ['db.local'] }] },
          { volumes: [{ name: 'extra', ephemeral: null, emptyDir: {} }], shareProcessNamespace: true },
          { dnsConfig: { options: [{ name: 'ndots', value: '1' }] } },
        ),
        { restartPolicy: 'Always' },
        { containers: [{ name: 'main', ports: [{ containerPort: 0 }] }] },
        { notAField: 1 },
      ),
      argoTemplatePatch: pick<JsonObject>(
        fc.constantFrom<JsonObject>(
          { failFast: true },
          { metadata: { annotations: { 'example.com/x': 'y' } } },
          { synchronization: { mutexes: [{ name: 'one' }] } },
        ),
        { failFast: 'yes' },
      ),
      jobPatch: pick<JsonObject>(
        fc.constantFrom<JsonObject>(
          { metadata: { annotations: { 'example.com/x': 'y' } } },
          { spec: { suspend: true } },
          { spec: { ttlSecondsAfterFinished: 0 } },
        ),
        { spec: { backoffLimit: '2' } },
      ),
    },
    { requiredKeys: [] },
  );
}
