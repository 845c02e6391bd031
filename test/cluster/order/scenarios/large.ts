import { Items, type Ref, Task } from 'podloom';
import { pipelineOn } from '../programs.ts';
import type { Scenario, Stage } from '../scenario.ts';

const group = 'More than 200 tasks';
const command = ['work'];
const FAILS = { 'test.podloom.dev/exit-code': '3' };

/** Chains of tasks from `start` to `end`; task `<chain>-<step>`. `bad` fails. */
function chains(stage: Stage, count: number, length: number, bad?: string) {
  const p = pipelineOn(stage);
  const start = new Task(p, 'start', { command });
  const last = Array.from({ length: count }, (_, chain) => {
    let before: Task = start;
    for (let step = 0; step < length; step++) {
      const name = `c${chain}-${step}`;
      before = new Task(p, name, { after: before, command, ...(name === bad && { annotations: FAILS }) });
    }
    return before;
  });
  new Task(p, 'end', { after: last, command });
  return p;
}

/** Layers of tasks, each after two of the layer before: no two of them can be put together without a barrier. */
function layers(stage: Stage, count: number, width: number) {
  const p = pipelineOn(stage);
  let before: readonly Task[] = [];
  for (let layer = 0; layer < count; layer++) {
    const above = before;
    before = Array.from({ length: width }, (_, at) => {
      const after = above.length === 0 ? [] : [above[at] as Task, above[(at + 1) % width] as Task];
      return new Task(p, `l${layer}-${at}`, { after, command });
    });
  }
  return p;
}

function all(names: readonly string[], text: string): { [task: string]: string } {
  return Object.fromEntries(names.map((name) => [name, text]));
}

function names(count: number, length: number, from = 0): string[] {
  return Array.from(
    { length: count * (length - from) },
    (_, at) => `c${Math.floor(at / (length - from))}-${from + (at % (length - from))}`,
  );
}

/** DAGs that Argo cannot take as they are: they become nested ones that mean the same. */
export const largeScenarios: readonly Scenario[] = [
  {
    group,
    name: '1 + 201 + 1: one fails, the others run, the last does not',
    make: (stage) => chains(stage, 201, 1, 'c117-0'),
    run: 'failed',
    tasks: { start: 'succeeded', ...all(names(201, 1), 'succeeded'), 'c117-0': 'failed', end: 'never ran' },
    order: ['start < c0-0', 'start < c200-0', 'start < c117-0'],
  },
  {
    group,
    name: '26 chains of 8: one breaks, and what follows in it never runs',
    make: (stage) => chains(stage, 26, 8, 'c5-3'),
    run: 'failed',
    tasks: {
      start: 'succeeded',
      ...all(names(26, 8), 'succeeded'),
      'c5-3': 'failed',
      ...all(['c5-4', 'c5-5', 'c5-6', 'c5-7', 'end'], 'never ran'),
    },
    order: ['start < c0-0', 'c0-0 < c0-1', 'c25-6 < c25-7', 'c5-2 < c5-3'],
  },
  {
    group,
    name: '6 layers of 34, each task after two of the layer before',
    make: (stage) => layers(stage, 6, 34),
    run: 'succeeded',
    tasks: all(
      Array.from({ length: 6 * 34 }, (_, at) => `l${Math.floor(at / 34)}-${at % 34}`),
      'succeeded',
    ),
    order: ['l0-0 < l1-0', 'l0-1 < l1-0', 'l4-33 < l5-33', 'l4-0 < l5-33'],
  },
  {
    group,
    name: 'two loops of 100 items, at most 40 at once',
    make: (stage) => {
      const p = pipelineOn(stage);
      const fails = { annotations: { 'test.podloom.dev/fail-indexes': '7,99' } };
      const items = { forEach: Items.range(0, 100), command: ({ item }: { item: Ref<number> }) => ['work', item] };
      const first = new Task(p, 'first', { ...items, ...fails, maxRunning: 40 });
      new Task(p, 'second', { ...items, after: { task: first, on: 'completed' }, maxRunning: 40 });
      return p;
    },
    run: 'failed',
    tasks: { first: 'failed, 98 of 100 items: not 7 99', second: 'succeeded, 100 of 100 items' },
    order: ['first < second'],
    atMost: { first: 40, second: 40 },
  },
];
