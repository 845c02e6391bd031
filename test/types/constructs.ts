// Checked by tsc, never run: what the types of the constructs promise, also in components, subclasses and loops.
import { App, Chart, Duration, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import {
  and,
  eq,
  gt,
  Items,
  type ItemsOf,
  type JsonObject,
  lt,
  Output,
  Pipeline,
  type Ref,
  Task,
  type TaskProps,
  Volume,
} from 'podloom';

const app = new App();
const p = new Pipeline(app, 'p', {
  image: 'busybox:1.37',
  parameters: { lr: 0.1, name: 'x', dry: false, limit: { type: 'number', options: [1, 2] } },
});

// Parameters carry their type.
const lr: Ref<number> = p.parameters.lr;
const name: Ref<string> = p.parameters.name;
const limit: Ref<number> = p.parameters.limit;
// @ts-expect-error there is no such parameter
p.parameters.unknown;
// @ts-expect-error a number is not a text
const wrong: Ref<string> = p.parameters.lr;
void [lr, name, limit, wrong];

// Items carry the shape of the reference.
new Task(p, 'scalar', {
  forEach: Items.of('a', 'b'),
  command: ({ item, index }) => ['echo', item, `${item}-${index}`],
});
new Task(p, 'object', {
  forEach: Items.of({ path: 'a', size: 1 }, { path: 'b', size: 2 }),
  command: ({ item }) => ['echo', item.path, `--size=${item.size}`],
});
new Task(p, 'typo', {
  forEach: Items.of({ path: 'a' }),
  // @ts-expect-error the items have `path`, not `pth`
  command: ({ item }) => ['echo', item.pth],
});
new Task(p, 'product', {
  forEach: Items.product({ lr: [0.1, 0.2], seed: Items.range(0, 3) }),
  env: ({ item }) => ({ LR: item.lr, SEED: `${item.seed}` }),
  command: ['train'],
});
new Task(p, 'batch', {
  forEach: Items.of({ path: 'a' }, { path: 'b' }).batch(2),
  command: ({ item }) => ['echo', item.path, item.path.join(',')],
});
new Task(p, 'mapped', {
  forEach: Items.range(0, 10)
    .filter((number) => number % 2 === 0)
    .map((number) => ({ number, square: number * number }))
    .take(3),
  command: ({ item }) => ['echo', item.square],
});
// @ts-expect-error items are scalars or flat objects
Items.of({ nested: { a: 1 } });
// @ts-expect-error without forEach there is no item
new Task(p, 'no-items', { command: ({ item }) => ['echo', item] });

// Outputs are references or items.
const make = new Task(p, 'make', {
  command: ['make'],
  outputs: {
    loss: 'number',
    best: 'string',
    shards: Output.list(),
    rows: Output.list({ fields: ['path', 'size'] }),
    model: Output.file(Volume.claim('c').mount('/c'), 'model.pt'),
  },
});
const loss: Ref<number> = make.outputs.loss;
const model: Ref<string> = make.outputs.model;
void [loss, model];
new Task(p, 'use', { forEach: make.outputs.shards, command: ({ item }) => ['echo', item, make.outputs.best] });
new Task(p, 'use-rows', { forEach: make.outputs.rows, command: ({ item }) => ['echo', item.path, item.size] });
// @ts-expect-error there is no such field
new Task(p, 'use-typo', { forEach: make.outputs.rows, command: ({ item }) => ['echo', item.pth] });
// @ts-expect-error there is no such output
make.outputs.lost;
// @ts-expect-error a number is not a list
new Task(p, 'loop-over-number', { forEach: make.outputs.loss, command: ['x'] });

// Conditions are typed.
new Task(p, 'when', {
  command: ['x'],
  when: and(eq(name, 'x'), gt(loss, 0.5), lt(lr, limit), eq(p.parameters.dry, false)),
});
// @ts-expect-error a text is not a number
gt(name, 1);
// @ts-expect-error a number is not compared with a text
eq(lr, 'x');

// Values of cdk8s and cdk8s-plus fit.
new Task(p, 'plus', {
  command: ['x'],
  cpu: { request: Cpu.millis(500), limit: Cpu.units(2) },
  memory: Size.gibibytes(8),
  timeout: Duration.minutes(5),
});

// A component that is generic over its items.
class PerItem<R> extends Construct {
  readonly task: Task<R>;

  constructor(scope: Construct, id: string, props: { items: ItemsOf<R>; argument: (item: R) => Ref<string> }) {
    super(scope, id);
    this.task = new Task(this, 'run', { forEach: props.items, command: ({ item }) => ['echo', props.argument(item)] });
  }
}
new PerItem(p, 'component', { items: Items.of({ path: 'a' }), argument: (item) => item.path });

// A subclass with defaults of its own, and one of the pipeline.
class GpuTask<R> extends Task<R> {
  constructor(scope: Construct, id: string, props: TaskProps<R>) {
    super(scope, id, { gpu: 1, memory: '16Gi', ...props });
  }
}
new GpuTask(p, 'gpu', { forEach: Items.of('a'), command: ({ item }) => ['echo', item] });
class House extends Pipeline<{ team: string }> {
  constructor(scope: Construct, id: string, team: string) {
    super(scope, id, { image: 'busybox:1.37', parameters: { team } });
  }
}
const house = new House(app, 'house', 'vision');
const team: Ref<string> = house.parameters.team;
void team;

// Loops and arrays keep their types.
const chain = ['a', 'b', 'c'].map((id) => new Task(p, `step-${id}`, { command: ['echo', id] }));
new Task(p, 'last', { after: chain, command: ['echo'] });
new Task(p, 'on-failure', { after: [{ task: make, on: 'failed' }, ...chain], command: ['echo'] });
// @ts-expect-error there is no such condition
new Task(p, 'bad-edge', { after: [{ task: make, on: 'finished' }], command: ['echo'] });

// A pipeline stands beside any other chart.
const beside: Chart[] = [p, new Chart(app, 'other')];
const patch: JsonObject = { spec: {} };
void [beside, patch];
