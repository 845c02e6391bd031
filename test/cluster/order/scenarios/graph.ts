import { Items, Task } from 'podloom';
import { bad, failing, good, pipelineOn } from '../programs.ts';
import type { Scenario } from '../scenario.ts';

const group = 'Order';

/** What waits for what, when nothing or something fails. */
export const graphScenarios: readonly Scenario[] = [
  {
    group,
    name: 'a diamond: the last waits for both sides',
    make: (stage) => {
      const p = pipelineOn(stage);
      const top = new Task(p, 'top', { ...good() });
      const left = new Task(p, 'left', { after: top, ...good(2) });
      const right = new Task(p, 'right', { after: top, ...good() });
      new Task(p, 'bottom', { after: [left, right], ...good() });
      return p;
    },
    run: 'succeeded',
    tasks: { top: 'succeeded', left: 'succeeded', right: 'succeeded', bottom: 'succeeded' },
    order: ['top < left', 'top < right', 'left < bottom', 'right < bottom'],
  },
  {
    group,
    name: 'a diamond with a side that fails: the other side runs, the last does not',
    make: (stage) => {
      const p = pipelineOn(stage);
      const top = new Task(p, 'top', { ...good() });
      const left = new Task(p, 'left', { after: top, ...bad() });
      const right = new Task(p, 'right', { after: top, ...good(2) });
      const bottom = new Task(p, 'bottom', { after: [left, right], ...good() });
      new Task(p, 'below', { after: bottom, ...good() });
      return p;
    },
    run: 'failed',
    tasks: { top: 'succeeded', left: 'failed', right: 'succeeded', bottom: 'never ran', below: 'never ran' },
    order: ['top < left', 'top < right'],
  },
  {
    group,
    name: 'a task beside a failed one is not cut short',
    make: (stage) => {
      const p = pipelineOn(stage);
      new Task(p, 'bad', { ...bad() });
      const slow = new Task(p, 'slow', { ...good(4) });
      new Task(p, 'next', { after: slow, ...good() });
      return p;
    },
    run: 'failed',
    tasks: { bad: 'failed', slow: 'succeeded', next: 'succeeded' },
    order: ['slow < next'],
  },
  {
    group,
    name: 'names that are words of expressions or start with a digit',
    make: (stage) => {
      const p = pipelineOn(stage);
      const not = new Task(p, 'not', { ...good() });
      const digit = new Task(p, '3d', { after: not, ...bad() });
      new Task(p, 'in', { after: { task: digit, on: 'failed' }, ...good() });
      new Task(p, 'or', { after: digit, ...good() });
      return p;
    },
    run: 'failed',
    tasks: { not: 'succeeded', '3d': 'failed', in: 'succeeded', or: 'never ran' },
    order: ['not < 3d', '3d < in'],
  },
  {
    group,
    name: 'items: the next task waits for all of them, and one that fails is enough to stop it',
    make: (stage) => {
      const p = pipelineOn(stage);
      const fine = new Task(p, 'fine', { forEach: Items.range(0, 3), ...failing([], 1) });
      const after = new Task(p, 'after', { after: fine, ...good() });
      const some = new Task(p, 'some', {
        after,
        forEach: Items.range(0, 4),
        ...failing([2]),
      });
      new Task(p, 'last', { after: some, ...good() });
      return p;
    },
    run: 'failed',
    tasks: {
      fine: 'succeeded, 3 of 3 items',
      after: 'succeeded',
      some: 'failed, 3 of 4 items: not 2',
      last: 'never ran',
    },
    order: ['fine < after', 'after < some'],
  },
];
