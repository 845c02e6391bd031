import type { Construct } from 'constructs';
import fc from 'fast-check';
import {
  eq,
  Items,
  Output,
  type OutputSpec,
  Pipeline,
  type PipelineProps,
  type PriorityInput,
  Task,
  type TaskProps,
  Volume,
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

const plainName = fc.stringMatching(/^[a-z]([a-z0-9-]{0,12}[a-z0-9])?$/);
const anyName = fc.oneof(
  { weight: 9, arbitrary: plainName },
  { weight: 1, arbitrary: fc.string({ minLength: 1, maxLength: 70 }).filter((text) => !text.includes('/')) },
);
const quantity = fc.constantFrom('1', '500m', '2Gi', '0.5', '8Gi', '64Mi', '1e3', '3.7', '0', '-1', '8Gb', 'lots');
const duration = fc.constantFrom('30s', '5m', '1h', 90, '2d', '0s', 'soon');
const count = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 1, max: 20 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, -1, 1.5, 100_001) },
);

const items = fc.oneof(
  fc
    .uniqueArray(fc.oneof(hostileText, fc.integer()), { minLength: 0, maxLength: 6 })
    .map((values) => Items.of(values as string[])),
  fc.integer({ min: 1, max: 30_000 }).map((end) => Items.range(0, end)),
  fc.constantFrom('a-{0..9}', '{a,b}{x,y}', 'shard-{0000..4999}.tar', 'none').map((pattern) => Items.braces(pattern)),
  fc.uniqueArray(hostileText, { minLength: 1, maxLength: 4 }).map((values) => Items.product({ a: values, b: [1, 2] })),
  fc.constant(Items.range(0, 10).batch(3)),
);

/** What a random task is made from: plain data, so that fast-check can shrink it. */
const taskShape = fc.record({
  id: anyName,
  items: fc.option(items, { freq: 2, nil: undefined }),
  words: fc.array(hostileText, { maxLength: 4 }),
  useItem: fc.boolean(),
  script: fc.option(hostileText, { freq: 6, nil: undefined }),
  edges: fc.array(
    fc.tuple(fc.nat(20), fc.constantFrom('succeeded', 'failed', 'completed', 'anySucceeded', 'allFailed', 'itemwise')),
    { maxLength: 3 },
  ),
  outputs: fc.constantFrom(
    undefined,
    { loss: 'number' },
    { a: 'string', b: 'boolean' },
    { list: Output.list() },
  ) as fc.Arbitrary<TaskProps['outputs']>,
  useOutput: fc.boolean(),
  useParameter: fc.boolean(),
  when: fc.boolean(),
  props: fc.record<Partial<TaskProps>>(
    {
      cpu: fc.oneof(quantity, fc.record({ request: quantity, limit: quantity })),
      memory: fc.oneof(quantity, fc.record({ request: quantity, limit: quantity })),
      gpu: fc.constantFrom(1, 8, 'H100', 'A100:4', 'Strange Product:2', 0.5, 'H100:0'),
      shm: quantity,
      replicas: count,
      spread: fc.constantFrom('nodes', 'zones'),
      antiAffinity: fc.constantFrom('required', 'preferred'),
      priority: fc.constantFrom<PriorityInput>('low', 'critical', { class: 'mine' }, { class: 'Not Valid' }),
      retries: fc.oneof(
        fc.integer({ min: -1, max: 5 }),
        fc.constant({ limit: 3, exceptExitCodes: [3, 7], backoff: { base: '10s', cap: '1m' } }),
      ),
      timeout: duration,
      deadline: duration,
      maxRunning: count,
      maxFailed: fc.constantFrom<number | `${number}%`>(0, 1, 3, '10%', '101%'),
      itemsPerPod: count,
      onExit: fc.boolean(),
      shell: fc.constantFrom('image', 'injected'),
      workingDir: fc.constantFrom('/src', 'relative'),
      labels: fc.constantFrom({ app: 'x' }, { 'a/b': 'y' }, { 'bad key': 'z' }),
      security: fc.constantFrom({ user: 1000, nonRoot: true }, { privileged: true }, { addCapabilities: ['IPC_LOCK'] }),
      argoStrategy: fc.constantFrom('loop', 'job'),
      env: fc.dictionary(fc.constantFrom('A', 'B_C', 'x1', '1bad', 'PODLOOM_X'), hostileText, { maxKeys: 3 }),
      volumes: fc.constantFrom(
        [Volume.claim('data').mount('/data')],
        [
          Volume.emptyDir('tmp', { medium: 'Memory', sizeLimit: '1Gi' }).mount('/tmp/x'),
          Volume.hostPath('/var/log').mount('/logs', { readOnly: true }),
        ],
        [Volume.configMap('cfg').mount('/cfg'), Volume.secret('key').mount('/cfg')],
      ),
    },
    { requiredKeys: [] },
  ),
});

const pipelineProps: fc.Arbitrary<PipelineProps<{ name: string }>> = fc.record(
  {
    maxRunning: count,
    deadline: duration,
    namespace: fc.constantFrom('ml', 'Not Valid'),
    schedule: fc.constantFrom(
      '0 3 * * *',
      '*/5 * * * 1-5',
      'often',
      { cron: '0 0 1 1 *', timeZone: 'Europe/Berlin' },
      { cron: '0 0 * * *', timeZone: 'Mars/Base' },
    ),
    labels: fc.constantFrom({ team: 'vision' }, { team: 'not valid!' }),
    runOnChange: fc.boolean(),
  },
  { requiredKeys: [] },
);

export const pipelineShape = fc.record({
  id: anyName,
  props: pipelineProps,
  tasks: fc.array(taskShape, { minLength: 1, maxLength: 6 }),
});
export type PipelineShape = typeof pipelineShape extends fc.Arbitrary<infer T> ? T : never;

type AnyTask = Task<unknown, OutputSpec>;

/** Builds it. Ids that are already there are left out, since constructs throws for them. */
export function buildPipeline(scope: Construct, shape: PipelineShape): Pipeline<{ name: string }> {
  const parameters = { name: 'x' };
  const pipeline = new Pipeline(scope, shape.id, { ...shape.props, image: 'ghcr.io/acme/train:1.4', parameters });
  const made: AnyTask[] = [];
  for (const {
    id,
    items: list,
    words,
    useItem,
    script,
    edges,
    outputs,
    useOutput,
    useParameter,
    when,
    props,
  } of shape.tasks) {
    if (pipeline.node.tryFindChild(id) !== undefined) continue;
    const upstream = made.find((task) => 'loss' in task.outputs);
    const values = [
      ...(useParameter ? [pipeline.parameters.name] : []),
      ...(useOutput && upstream !== undefined ? [(upstream.outputs as Record<string, unknown>)['loss'] as never] : []),
    ];
    const command = ({ item, index }: { item: unknown; index: unknown }) =>
      [
        'work',
        ...words,
        ...values,
        ...(useItem && list !== undefined ? [item, `${index}-${words[0] ?? ''}`] : []),
      ] as never[];
    const task = new Task(pipeline, id, {
      ...props,
      ...(list === undefined ? {} : { forEach: list as never }),
      ...(script === undefined ? { command } : { script, args: command }),
      ...(outputs === undefined ? {} : { outputs }),
      ...(when ? { when: eq(pipeline.parameters.name, 'y') } : {}),
      after: edges.flatMap(([number, on]) =>
        made.length === 0 ? [] : [{ task: made[number % made.length] as Task, on: on as 'succeeded' }],
      ),
    } as TaskProps);
    made.push(task as never);
  }
  return pipeline;
}
