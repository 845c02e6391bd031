import type { Construct } from 'constructs';
import fc from 'fast-check';
import {
  type EdgeCondition as Condition,
  eq,
  Items,
  Output,
  type OutputSpec,
  Pipeline,
  type PipelineProps,
  type PriorityInput,
  type RetryProps,
  type ScheduleProps,
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

/** A value that is fine, and where the pipeline is `wild` now and then one that is not. */
type Pick = <T>(good: fc.Arbitrary<T>, ...bad: readonly T[]) => fc.Arbitrary<T>;
const tame: Pick = (good) => good;
const wild: Pick = (good, ...bad) =>
  fc.oneof({ weight: 8, arbitrary: good }, { weight: 1, arbitrary: fc.constantFrom(...bad) });

const plainName = fc.stringMatching(/^[a-z]([a-z0-9-]{0,10}[a-z0-9])?$/);
const itemText = hostileText.filter((text) => text.length < 200);

function itemLists(pick: Pick) {
  return fc.oneof(
    pick(
      fc.uniqueArray(itemText, { minLength: 1, maxLength: 6 }).map((values) => Items.of(values)),
      Items.of<string>([]),
      Items.of('a', 'a'),
      Items.braces('{0..9}{0..9}x{a,a}'),
    ),
    fc.integer({ min: 1, max: 30_000 }).map((end) => Items.range(0, end)),
    fc.constantFrom('a-{0..9}', '{a,b}{x,y}', 'shard-{0000..4999}.tar', 'none').map((pattern) => Items.braces(pattern)),
    fc.uniqueArray(itemText, { minLength: 1, maxLength: 4 }).map((values) => Items.product({ a: values, b: [1, 2] })),
    fc.constant(Items.range(0, 10).batch(3)),
  );
}

function taskShapes(pick: Pick) {
  const quantity = pick(fc.constantFrom('1', '500m', '2', '0.5', '1500m'), '-1', '8Gb', 'lots');
  const bytes = pick(fc.constantFrom('2Gi', '8Gi', '64Mi', '1e9'), '-1', '8Gb', 'lots', '0.5m');
  const duration = pick(fc.constantFrom<string | number>('30s', '5m', '1h', 90, '2d'), '0s', 'soon');
  const count = pick(fc.integer({ min: 1, max: 20 }), 0, -1, 1.5, 1_000_001);
  const condition = fc.constantFrom<Condition>('succeeded', 'succeeded', 'completed', 'failed');
  return fc.record({
    id: pick(plainName, 'Ä b', 'x'.repeat(70), '-', '日本'),
    items: fc.option(itemLists(pick), { freq: 2, nil: undefined }),
    words: fc.array(hostileText, { maxLength: 4 }),
    useItem: fc.boolean(),
    script: fc.option(hostileText, { freq: 6, nil: undefined }),
    edges: fc.array(fc.tuple(fc.nat(20), pick(condition, 'anySucceeded', 'allFailed', 'itemwise')), { maxLength: 2 }),
    outputs: fc.option(
      fc.constantFrom<OutputSpec>(
        { loss: 'number' },
        { a: 'string', b: 'boolean' },
        { list: Output.list({ maxItems: 100 }) },
      ),
      { freq: 2, nil: undefined },
    ),
    useOutput: fc.boolean(),
    useParameter: fc.boolean(),
    when: fc.boolean(),
    props: fc.record<Partial<TaskProps>>(
      {
        cpu: fc.oneof(quantity, pick(fc.constant({ request: '1', limit: '2' }), { request: '2', limit: '1' })),
        memory: fc.oneof(bytes, pick(fc.constant({ request: '1Gi', limit: '2Gi' }), { request: '2Gi', limit: '1Gi' })),
        gpu: pick<number | string>(
          fc.constantFrom<number | string>(1, 8, 'H100', 'A100:4'),
          0.5,
          'H100:0',
          'Strange Product:2',
        ),
        shm: pick(fc.constant('1Gi'), '1G b'),
        spread: fc.constantFrom('nodes', 'zones'),
        antiAffinity: fc.constantFrom('required', 'preferred'),
        priority: pick<PriorityInput>(fc.constantFrom<PriorityInput>('low', 'critical', { class: 'mine' }), {
          class: 'Not Valid',
        }),
        retries: pick<number | RetryProps>(
          fc.oneof(fc.nat(5), fc.constant({ limit: 3, exceptExitCodes: [3, 7] })),
          -1,
          {
            limit: 3,
            exceptExitCodes: [0, 256],
          },
        ),
        timeout: duration,
        maxRunning: count,
        maxFailed: pick<number | `${number}%`>(fc.constantFrom<number | `${number}%`>(0, 1, '10%'), '101%', 0.5),
        itemsPerPod: pick(fc.integer({ min: 1, max: 4 }), 0, 1.5),
        onExit: pick(fc.constant(false), true),
        shell: fc.constantFrom('image', 'injected'),
        workingDir: pick(fc.constant('/src'), 'relative'),
        labels: pick<Record<string, string>>(
          fc.constant({ app: 'x' }),
          { 'bad key': 'z' },
          { 'podloom.dev/task': 'mine' },
        ),
        security: fc.constantFrom(
          { user: 1000, nonRoot: true },
          { privileged: true },
          { addCapabilities: ['IPC_LOCK'] },
        ),
        env: fc.dictionary(pick(fc.constantFrom('A', 'B_C', 'x1'), '1bad', 'PODLOOM_X'), hostileText, { maxKeys: 3 }),
        volumes: pick(
          fc.constantFrom(
            [Volume.claim('data').mount('/data')],
            [
              Volume.emptyDir('tmp', { medium: 'Memory', sizeLimit: '64Mi' }).mount('/tmp/x'),
              Volume.hostPath('/var/log').mount('/logs', { readOnly: true }),
            ],
          ),
          [Volume.configMap('cfg').mount('/cfg'), Volume.secret('key').mount('/cfg')],
        ),
      },
      { requiredKeys: [] },
    ),
    replicas: fc.option(count, { freq: 5, nil: undefined }),
  });
}

function pipelineShapes(pick: Pick) {
  const props: fc.Arbitrary<PipelineProps<{ name: string }>> = fc.record(
    {
      maxRunning: pick(fc.integer({ min: 1, max: 500 }), 0, 2.5),
      deadline: pick(fc.constant('5d'), 'later'),
      namespace: pick(fc.constant('ml'), 'Not Valid'),
      schedule: pick<string | ScheduleProps>(
        fc.constantFrom<string | ScheduleProps>('0 3 * * *', '*/5 * * * 1-5', {
          cron: '0 0 1 1 *',
          timeZone: 'Europe/Berlin',
        }),
        'often',
        { cron: '0 0 * * *', timeZone: 'Mars/Base' },
      ),
      labels: pick<Record<string, string>>(fc.constant({ team: 'vision' }), { team: 'not valid!' }),
      runOnChange: fc.boolean(),
    },
    { requiredKeys: [] },
  );
  return fc.record({
    id: pick(plainName, 'Ä', 'x'.repeat(64)),
    props,
    tasks: fc.array(taskShapes(pick), { minLength: 1, maxLength: 5 }),
  });
}

/** What a random pipeline is made from: plain data, so that fast-check can shrink it. Most are meant to be accepted. */
export const pipelineShape = fc.oneof(
  { weight: 3, arbitrary: pipelineShapes(tame) },
  { weight: 1, arbitrary: pipelineShapes(wild) },
);
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
    replicas,
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
      // Ranks and items exclude each other; edges of loops need loops.
      ...(list === undefined ? { replicas } : { forEach: list as never }),
      ...(script === undefined ? { command } : { script, args: command }),
      ...(outputs === undefined ? {} : { outputs }),
      ...(when ? { when: eq(pipeline.parameters.name, 'y') } : {}),
      after: edges.flatMap(([number, on]) =>
        made.length === 0 ? [] : [{ task: made[number % made.length] as Task, on }],
      ),
    } as TaskProps);
    made.push(task as never);
  }
  return pipeline;
}
