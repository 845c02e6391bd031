import { eq, Items, Task } from 'podloom';
import { bad, failing, good, pipelineOn, sh } from '../programs.ts';
import type { Scenario, Stage } from '../scenario.ts';

const group = 'Exit tasks';

/** Exit tasks that look at how the run went. */
function withHandlers(stage: Stage, main: readonly (readonly [string, readonly string[]])[]) {
  const p = pipelineOn(stage);
  for (const [name, command] of main) new Task(p, name, { command });
  const report = new Task(p, 'report', { onExit: true, command: sh('[ "$1" = "$2" ]', p.status, 'Succeeded') });
  new Task(p, 'after-report', { onExit: true, after: { task: report, on: 'completed' }, ...good() });
  new Task(p, 'alarm', { onExit: true, when: eq(p.status, 'Failed'), ...good() });
  return p;
}

/** What runs when all other tasks have ended. */
export const exitScenarios: readonly Scenario[] = [
  {
    group,
    name: 'after a success: the status is Succeeded, in argv and in `when`',
    make: (stage) => withHandlers(stage, [['work', ['true']]]),
    run: 'succeeded',
    tasks: { work: 'succeeded', report: 'succeeded', 'after-report': 'succeeded', alarm: 'skipped' },
    order: ['work < report', 'report < after-report'],
  },
  {
    group,
    name: 'after a failure: the status is Failed',
    make: (stage) =>
      withHandlers(stage, [
        ['work', ['false']],
        ['beside', ['sleep', '2']],
      ]),
    run: 'failed',
    tasks: {
      work: 'failed',
      beside: 'succeeded',
      report: 'failed',
      'after-report': 'succeeded',
      alarm: 'succeeded',
    },
    order: ['work < alarm', 'beside < alarm', 'report < after-report'],
  },
  {
    group,
    name: 'an exit task that fails fails the run',
    make: (stage) => {
      const p = pipelineOn(stage);
      new Task(p, 'work', { ...good() });
      new Task(p, 'clean', { onExit: true, ...bad() });
      return p;
    },
    run: 'failed',
    tasks: { work: 'succeeded', clean: 'failed' },
    order: ['work < clean'],
  },
  {
    group,
    name: 'tolerated failures are a success; exit tasks with items',
    make: (stage) => {
      const p = pipelineOn(stage);
      new Task(p, 'work', {
        forEach: Items.range(0, 3),
        ...failing([1]),
        maxFailed: 1,
      });
      new Task(p, 'each', {
        onExit: true,
        forEach: Items.range(0, 2),
        command: () => sh('[ "$1" = Succeeded ]', p.status),
      });
      return p;
    },
    run: 'succeeded',
    tasks: { work: 'succeeded, 2 of 3 items: not 1', each: 'succeeded, 2 of 2 items' },
    order: ['work < each'],
  },
  {
    group,
    name: 'a handler whose task failed and was handled: the status is Failed all the same',
    make: (stage) => {
      const p = pipelineOn(stage);
      const broken = new Task(p, 'bad', { ...bad() });
      new Task(p, 'handler', { after: { task: broken, on: 'failed' }, ...good() });
      new Task(p, 'report', { onExit: true, command: sh('[ "$1" = Failed ]', p.status) });
      return p;
    },
    run: 'failed',
    tasks: { bad: 'failed', handler: 'succeeded', report: 'succeeded' },
    order: ['handler < report'],
  },
];
