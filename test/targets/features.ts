import type { Construct } from 'constructs';
import {
  and,
  eq,
  gt,
  Items,
  Output,
  Pipeline,
  type PipelineProps,
  Task,
  type TaskProps,
  Volume,
} from '../../src/index.ts';

/** A construct, and the smallest pipeline that uses it. */
export interface Feature {
  readonly group: string;
  readonly name: string;
  readonly make: (scope: Construct) => object;
}
type Make = Feature['make'];

const image = 'busybox:1.37';
const data = () => Volume.claim('data').mount('/data');
const few = () => Items.of('a', 'b', 'c');
const many = () => Items.braces('item-{0000..4999}');

/** A pipeline of one task with these props. */
function task(props: TaskProps): Make {
  return (scope) => {
    const p = new Pipeline(scope, 'p', { image });
    new Task(p, 't', { command: ['work'], ...props });
    return p;
  };
}

/** A pipeline with these props and one task. */
function whole(props: PipelineProps): Make {
  return (scope) => {
    const p = new Pipeline(scope, 'p', { image, ...props });
    new Task(p, 't', { command: ['work'] });
    return p;
  };
}

type Condition = 'succeeded' | 'failed' | 'completed' | 'anySucceeded' | 'allFailed';

/** Two tasks with an edge of this kind between them. */
function edge(on: Condition): Make {
  return (scope) => {
    const p = new Pipeline(scope, 'p', { image });
    const loops = on === 'anySucceeded' || on === 'allFailed';
    const first = loops
      ? new Task(p, 'first', { forEach: few(), command: ({ item }) => ['work', item] })
      : new Task(p, 'first', { command: ['work'] });
    new Task(p, 'second', { after: [{ task: first, on }], command: ['work'] });
    return p;
  };
}

function itemwise(items: () => ReturnType<typeof many>): Make {
  return (scope) => {
    const p = new Pipeline(scope, 'p', { image });
    const forEach = items();
    const first = new Task(p, 'first', { forEach, command: ({ item }) => ['work', item] });
    new Task(p, 'second', { after: [{ task: first, on: 'itemwise' }], forEach, command: ({ item }) => ['work', item] });
    return p;
  };
}

const table: { readonly [group: string]: { readonly [name: string]: Make } } = {
  'What runs': {
    '`command`, `args`': task({ command: ['work'], args: ['--fast'] }),
    'the entrypoint of the image': (scope) => {
      const p = new Pipeline(scope, 'p', { image });
      new Task(p, 't', { args: ['--fast'] });
      return p;
    },
    '`script` with `interpreter`': (scope) => {
      const p = new Pipeline(scope, 'p', { image });
      new Task(p, 't', { script: 'print(1)', interpreter: ['python3'] });
      return p;
    },
    "`shell: 'injected'`": task({ forEach: Items.of('a', 'b') as never, shell: 'injected' }),
    '`env` from values and fields': task({ env: { A: 'b', POD: { field: 'metadata.name' } } }),
    '`env` from secrets and config maps': task({
      env: { A: { secret: 's', key: 'k' }, B: { configMap: 'c', key: 'k' } },
      envFrom: [{ secret: 's' }],
    }),
    '`workingDir`': task({ workingDir: '/src' }),
    '`serviceAccount`, `imagePullSecrets`': task({ serviceAccount: 'sa', imagePullSecrets: ['pull'] }),
    '`security`': task({ security: { user: 1000, nonRoot: true, readOnlyRoot: true } }),
  },
  Items: {
    '`forEach`, few items': task({ forEach: few() as never }),
    '`forEach`, 5,000 items': task({ forEach: many() as never }),
    '`forEach`, 50,000 items': task({ forEach: Items.range(0, 50_000) as never }),
    "`argoStrategy: 'job'`": task({ forEach: few() as never, argoStrategy: 'job' }),
    '`batch`': task({ forEach: few().batch(2) as never }),
    '`itemsPerPod`': task({ forEach: few() as never, itemsPerPod: 2 }),
    'a list that a task makes': (scope) => {
      const p = new Pipeline(scope, 'p', { image });
      const find = new Task(p, 'find', { command: ['find'], outputs: { list: Output.list() } });
      new Task(p, 't', { forEach: find.outputs.list, command: ({ item }) => ['work', item] });
      return p;
    },
  },
  Order: {
    '`after`: succeeded': edge('succeeded'),
    '`after`: failed': edge('failed'),
    '`after`: completed': edge('completed'),
    '`after`: anySucceeded': edge('anySucceeded'),
    '`after`: allFailed': edge('allFailed'),
    '`after`: itemwise, few items': itemwise(few),
    '`after`: itemwise, 5,000 items': itemwise(many),
    '`when` on parameters': (scope) => {
      const p = new Pipeline(scope, 'p', { image, parameters: { mode: 'full', share: 0.5 } });
      new Task(p, 't', { command: ['work'], when: and(eq(p.parameters.mode, 'full'), gt(p.parameters.share, 0.1)) });
      return p;
    },
    '`when` on outputs': (scope) => {
      const p = new Pipeline(scope, 'p', { image });
      const first = new Task(p, 'first', { command: ['work'], outputs: { loss: 'number' } });
      new Task(p, 't', { command: ['work'], when: gt(first.outputs.loss, 0.5) });
      return p;
    },
    '`onExit`': (scope) => {
      const p = new Pipeline(scope, 'p', { image });
      new Task(p, 't', { command: ['work'] });
      new Task(p, 'bye', { onExit: true, command: ['say', p.status] });
      return p;
    },
    'a DAG of more than 200 tasks': (scope) => {
      const p = new Pipeline(scope, 'p', { image });
      const parts = Array.from(
        { length: 250 },
        (_, index) => new Task(p, `t${index}`, { command: ['work', String(index)] }),
      );
      new Task(p, 'join', { after: parts, command: ['work'] });
      return p;
    },
  },
  'Resources and placement': {
    '`cpu`, `memory`, `ephemeralStorage`': task({ cpu: 1, memory: '1Gi', ephemeralStorage: '1Gi' }),
    '`gpu` by count': task({ gpu: 2 }),
    '`gpu` by product': task({ gpu: 'H100:8' }),
    '`shm`': task({ shm: '1Gi', memory: '4Gi' }),
    '`volumes`': task({
      volumes: [
        data(),
        Volume.configMap('c').mount('/c'),
        Volume.secret('s').mount('/s'),
        Volume.emptyDir('x').mount('/x'),
      ],
    }),
    '`replicas`': task({ replicas: 4, gpu: 8 }),
    '`spread`': task({ replicas: 3, spread: 'zones' }),
    '`antiAffinity`': task({ replicas: 3, antiAffinity: 'required' }),
    '`priority`': task({ priority: 'critical' }),
    '`nodeSelector`, `tolerations`': task({
      nodeSelector: { pool: 'gpu' },
      tolerations: [{ key: 'spot', operator: 'Exists' }],
    }),
  },
  'Failures and limits': {
    '`retries` by number': task({ retries: 3 }),
    '`retries` by cause and exit code': task({ retries: { limit: 3, on: ['failed'], exceptExitCodes: [42] } }),
    '`retries` with backoff': task({ retries: { limit: 3, backoff: { base: '30s', cap: '5m' } } }),
    '`timeout`': task({ timeout: '1h' }),
    '`deadline`': task({ deadline: '1h' }),
    '`maxRunning` of a task': task({ forEach: few() as never, maxRunning: 2 }),
    '`maxRunning` of the pipeline': whole({ maxRunning: 5 }),
    '`maxFailed`': task({ forEach: few() as never, maxFailed: 1 }),
    '`deadline` of the pipeline': whole({ deadline: '2h' }),
  },
  Outputs: {
    values: (scope) => {
      const p = new Pipeline(scope, 'p', { image });
      const first = new Task(p, 'first', { command: ['work'], outputs: { loss: 'number', best: 'string' } });
      new Task(p, 't', { command: ['work', first.outputs.loss, first.outputs.best] });
      return p;
    },
    'files on a volume': (scope) => {
      const p = new Pipeline(scope, 'p', { image });
      const first = new Task(p, 'first', { command: ['work'], outputs: { model: Output.file(data(), 'model.pt') } });
      new Task(p, 't', { command: ['work', first.outputs.model] });
      return p;
    },
    'files in an S3-like store': (scope) => {
      const p = new Pipeline(scope, 'p', { image });
      const outputs = { model: Output.s3('/tmp/model.pt', { bucket: 'b', key: 'model.pt' }) };
      const first = new Task(p, 'first', { command: ['work'], outputs });
      new Task(p, 't', { command: ['work', first.outputs.model] });
      return p;
    },
  },
  Pipeline: {
    '`parameters`': (scope) => {
      const p = new Pipeline(scope, 'p', { image, parameters: { lr: 0.1 } });
      new Task(p, 't', { command: ['work', `--lr=${p.parameters.lr}`] });
      return p;
    },
    '`schedule`': whole({ schedule: { cron: '0 3 * * *', timeZone: 'Europe/Berlin' } }),
    '`runOnChange`': whole({ runOnChange: true }),
    '`podSpecPatch`': task({ podSpecPatch: { hostNetwork: true } }),
    '`argoTemplatePatch`': task({ argoTemplatePatch: { failFast: true } }),
    '`jobPatch`': task({ jobPatch: { spec: { ttlSecondsAfterFinished: 3600 } } }),
  },
};

export const features: readonly Feature[] = Object.entries(table).flatMap(([group, rows]) =>
  Object.entries(rows).map(([name, make]) => ({ group, name, make })),
);
