import type { IConstruct } from 'constructs';
import { type EdgeCondition, eq, Items, Task } from 'podloom';
import { bad, failing, good, pipelineOn, sh, stateOf } from '../programs.ts';
import type { Scenario, Stage } from '../scenario.ts';

const group = 'Conditions of edges';

const CONDITIONS: readonly EdgeCondition[] = ['succeeded', 'failed', 'completed'];
const ITEM_CONDITIONS: readonly EdgeCondition[] = [...CONDITIONS, 'anySucceeded', 'allFailed'];

/** A task `up`, and one task after it for each condition, called by it. */
function fan(
  stage: Stage,
  conditions: readonly EdgeCondition[],
  make: (p: ReturnType<typeof pipelineOn>) => IConstruct,
) {
  const p = pipelineOn(stage);
  const up = make(p);
  for (const on of conditions) new Task(p, slug(on), { after: { task: up, on }, ...good() });
  return p;
}

function slug(on: EdgeCondition): string {
  return on.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The tasks of `fan`: `ran` are those whose condition holds. */
function ran(conditions: readonly EdgeCondition[], ...held: readonly EdgeCondition[]): { [task: string]: string } {
  return Object.fromEntries(conditions.map((on) => [slug(on), held.includes(on) ? 'succeeded' : 'never ran']));
}

/** Each condition of an edge, after each way in which a task can end. */
export const edgeScenarios: readonly Scenario[] = [
  {
    group,
    name: 'after a task that succeeded',
    make: (stage) => fan(stage, CONDITIONS, (p) => new Task(p, 'up', { ...good() })),
    run: 'succeeded',
    tasks: { up: 'succeeded', ...ran(CONDITIONS, 'succeeded', 'completed') },
    order: ['up < succeeded', 'up < completed'],
  },
  {
    group,
    name: 'after a task that failed; the run has failed although a handler succeeded',
    make: (stage) => fan(stage, CONDITIONS, (p) => new Task(p, 'up', { ...bad() })),
    run: 'failed',
    tasks: { up: 'failed', ...ran(CONDITIONS, 'failed', 'completed') },
    order: ['up < failed', 'up < completed'],
  },
  {
    group,
    name: 'after a task that its own condition skipped',
    make: (stage) => fan(stage, CONDITIONS, (p) => new Task(p, 'up', { when: eq(p.run, 'another'), ...good() })),
    run: 'succeeded',
    tasks: { up: 'skipped', ...ran(CONDITIONS, 'succeeded', 'completed') },
  },
  {
    group,
    name: 'after a task that never ran',
    make: (stage) =>
      fan(stage, CONDITIONS, (p) => {
        const broken = new Task(p, 'bad', { ...bad() });
        return new Task(p, 'up', { after: broken, ...good() });
      }),
    run: 'failed',
    tasks: { bad: 'failed', up: 'never ran', ...ran(CONDITIONS, 'completed') },
  },
  {
    group,
    name: 'after items of which all succeeded',
    make: (stage) => fan(stage, ITEM_CONDITIONS, (p) => items(p)),
    run: 'succeeded',
    tasks: {
      up: 'succeeded, 3 of 3 items',
      ...ran(ITEM_CONDITIONS, 'succeeded', 'completed', 'anySucceeded'),
    },
    order: ['up < any-succeeded'],
  },
  {
    group,
    name: 'after items of which some failed',
    make: (stage) => fan(stage, ITEM_CONDITIONS, (p) => items(p, 0, 2)),
    run: 'failed',
    tasks: {
      up: 'failed, 1 of 3 items: not 0 2',
      ...ran(ITEM_CONDITIONS, 'failed', 'completed', 'anySucceeded'),
    },
    order: ['up < any-succeeded', 'up < failed'],
  },
  {
    group,
    name: 'after items of which all failed',
    make: (stage) => fan(stage, ITEM_CONDITIONS, (p) => items(p, 0, 1, 2)),
    run: 'failed',
    tasks: {
      up: 'failed, 0 of 3 items: not 0-2',
      ...ran(ITEM_CONDITIONS, 'failed', 'completed', 'allFailed'),
    },
    order: ['up < all-failed'],
  },
  {
    group,
    name: 'several edges: all have to hold',
    make: (stage) => {
      const p = pipelineOn(stage);
      const fine = new Task(p, 'good', { ...good() });
      const broken = new Task(p, 'bad', { ...bad() });
      new Task(p, 'both', { after: [fine, { task: broken, on: 'failed' }], ...good() });
      new Task(p, 'one', {
        after: [
          { task: fine, on: 'failed' },
          { task: broken, on: 'failed' },
        ],
        ...good(),
      });
      new Task(p, 'done', {
        after: [
          { task: fine, on: 'completed' },
          { task: broken, on: 'completed' },
        ],
        ...good(),
      });
      return p;
    },
    run: 'failed',
    tasks: { good: 'succeeded', bad: 'failed', both: 'succeeded', one: 'never ran', done: 'succeeded' },
    order: ['good < both', 'bad < both', 'good < done'],
  },
];

function items(p: ReturnType<typeof pipelineOn>, ...fails: readonly number[]) {
  return new Task(p, 'up', { forEach: Items.range(0, 3), ...failing(fails) });
}

/** The conditions of single items. */
export const itemwiseScenarios: readonly Scenario[] = [
  {
    group,
    name: 'itemwise: item i goes on when item i is done, and not when it failed',
    make: (stage) => {
      const p = pipelineOn(stage, { volumes: [stateOf(stage)] });
      const list = Items.range(0, 4);
      // Item 0 of `first` waits for item 1 of `third`, so that item 1 of `second` ends before it, however slow the node is.
      const first = new Task(p, 'first', {
        forEach: list,
        command: ({ item }) => sh('case "$1" in 0) until [ -e /state/1 ]; do sleep 1; done;; 2) exit 1;; esac', item),
      });
      const second = new Task(p, 'second', {
        after: { task: first, on: 'itemwise' },
        forEach: list,
        command: ({ item }) => sh('[ "$1" != 3 ]', item),
      });
      new Task(p, 'third', {
        after: { task: second, on: 'itemwise' },
        forEach: list,
        command: ({ item }) => sh('echo x >"/state/$1"', item),
      });
      return p;
    },
    run: 'failed',
    tasks: {
      first: 'failed, 3 of 4 items: not 2',
      second: 'failed, 2 of 4 items: not 2-3; 0 attempts: 2',
      third: 'failed, 2 of 4 items: not 2-3; 0 attempts: 2-3',
    },
    order: ['first/1 < second/1', 'second/1 during first/0', 'second/1 < third/1', 'first/0 < second/0'],
  },
];
