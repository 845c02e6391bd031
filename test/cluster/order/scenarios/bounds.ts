import { Items, Task } from 'podloom';
import { failing, good, pipelineOn } from '../programs.ts';
import type { Scenario, Stage } from '../scenario.ts';

const bounds = 'maxRunning';
const failures = 'maxFailed';

/** `work` over items of which some fail, and `next` after it. */
function tolerant(stage: Stage, count: number, maxFailed: number | `${number}%`, ...fails: readonly number[]) {
  const p = pipelineOn(stage);
  const work = new Task(p, 'work', {
    forEach: Items.range(0, count),
    ...failing(fails),
    maxFailed,
  });
  new Task(p, 'next', { after: work, ...good() });
  new Task(p, 'handler', { after: { task: work, on: 'failed' }, ...good() });
  return p;
}

/** How many run at once. */
export const boundScenarios: readonly Scenario[] = [
  {
    group: bounds,
    name: 'of a task: never more of its items at once',
    make: (stage) => {
      const p = pipelineOn(stage);
      const work = new Task(p, 'work', { forEach: Items.range(0, 6), maxRunning: 2, ...failing([], 1) });
      new Task(p, 'next', { after: work, ...good() });
      return p;
    },
    run: 'succeeded',
    tasks: { work: 'succeeded, 6 of 6 items', next: 'succeeded' },
    atMost: { work: 2 },
    order: ['work < next'],
  },
  {
    group: bounds,
    name: 'of a task with items that fail: all items run',
    make: (stage) => {
      const p = pipelineOn(stage);
      const work = new Task(p, 'work', {
        forEach: Items.range(0, 5),
        maxRunning: 2,
        ...failing([0, 1]),
      });
      new Task(p, 'next', { after: work, ...good() });
      return p;
    },
    run: 'failed',
    tasks: { work: 'failed, 3 of 5 items: not 0-1', next: 'never ran' },
    atMost: { work: 2 },
  },
  {
    group: bounds,
    name: 'of the pipeline: over all tasks',
    make: (stage) => {
      const p = pipelineOn(stage, { maxRunning: 3 });
      for (const name of ['a', 'b']) {
        new Task(p, name, { forEach: Items.range(0, 4), maxRunning: 2, ...failing([], 1) });
      }
      new Task(p, 'c', { ...good(1) });
      return p;
    },
    run: 'succeeded',
    tasks: { a: 'succeeded, 4 of 4 items', b: 'succeeded, 4 of 4 items', c: 'succeeded' },
    atMost: { '*': 3, a: 2, b: 2 },
  },
  {
    group: bounds,
    name: 'of items that follow each other item by item',
    make: (stage) => {
      const p = pipelineOn(stage);
      const list = Items.range(0, 4);
      const first = new Task(p, 'first', { forEach: list, maxRunning: 2, ...failing([], 1) });
      new Task(p, 'second', {
        after: { task: first, on: 'itemwise' },
        forEach: list,
        maxRunning: 2,
        command: ({ item }) => ['echo', item],
      });
      return p;
    },
    run: 'succeeded',
    tasks: { first: 'succeeded, 4 of 4 items', second: 'succeeded, 4 of 4 items' },
    atMost: { first: 2, second: 2 },
    order: ['first/0 < second/0', 'first/3 < second/3'],
  },
];

/** How many may fail. On `argo` that makes the items one Indexed Job. */
export const failureScenarios: readonly Scenario[] = [
  {
    group: failures,
    name: '2 of 5: fewer fail',
    make: (stage) => tolerant(stage, 5, 2, 3),
    run: 'succeeded',
    tasks: { work: 'succeeded, 4 of 5 items: not 3', next: 'succeeded', handler: 'never ran' },
    order: ['work < next'],
  },
  {
    group: failures,
    name: '2 of 5: just as many fail',
    make: (stage) => tolerant(stage, 5, 2, 0, 4),
    run: 'succeeded',
    tasks: { work: 'succeeded, 3 of 5 items: not 0 4', next: 'succeeded', handler: 'never ran' },
    order: ['work < next'],
  },
  {
    group: failures,
    name: '1 of 2: both fail',
    make: (stage) => tolerant(stage, 2, 1, 0, 1),
    run: 'failed',
    tasks: { work: 'failed, 0 of 2 items: not 0-1', next: 'never ran', handler: 'succeeded' },
  },
  {
    group: failures,
    name: '2 of 3: none fail',
    make: (stage) => tolerant(stage, 3, 2),
    run: 'succeeded',
    tasks: { work: 'succeeded, 3 of 3 items', next: 'succeeded', handler: 'never ran' },
  },
  {
    group: failures,
    name: '50 % of 5 is 2, rounded down: 2 fail',
    make: (stage) => tolerant(stage, 5, '50%', 1, 2),
    run: 'succeeded',
    tasks: { work: 'succeeded, 3 of 5 items: not 1-2', next: 'succeeded', handler: 'never ran' },
  },
  {
    group: failures,
    name: '10 % of 5 is 0: one fails',
    make: (stage) => tolerant(stage, 5, '10%', 2),
    run: 'failed',
    tasks: { work: 'failed, 4 of 5 items: not 2', next: 'never ran', handler: 'succeeded' },
  },
  {
    group: failures,
    name: 'with attempts: only items that fail for good count',
    make: (stage) => {
      const p = pipelineOn(stage);
      const work = new Task(p, 'work', {
        forEach: Items.range(0, 3),
        ...failing([1]),
        retries: 1,
        maxFailed: 1,
      });
      new Task(p, 'next', { after: work, ...good() });
      return p;
    },
    run: 'succeeded',
    tasks: { work: 'succeeded, 2 of 3 items: not 1; 2 attempts: 1', next: 'succeeded' },
  },
  {
    group: failures,
    name: 'more fail than may: the rest need not run',
    make: (stage) => {
      const p = pipelineOn(stage);
      const work = new Task(p, 'work', {
        forEach: Items.range(0, 6),
        ...failing([0, 1]),
        maxFailed: 1,
        maxRunning: 1,
      });
      new Task(p, 'next', { after: { task: work, on: 'completed' }, ...good() });
      return p;
    },
    run: 'failed',
    tasks: { work: 'failed, 0 of 6 items: not 0-5; 0 attempts: 2-5', next: 'succeeded' },
    order: ['work < next'],
  },
];
