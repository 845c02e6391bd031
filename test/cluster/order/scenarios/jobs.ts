import { Items, Task } from 'podloom';
import { bad, failing, good, goodFrom, pipelineOn, sh, stateOf } from '../programs.ts';
import type { Scenario } from '../scenario.ts';

const group = 'Items as one Indexed Job, ranks, deadlines';

/** What Argo does with a `resource` node that creates a Job and watches it. */
export const jobScenarios: readonly Scenario[] = [
  {
    group,
    name: 'all items succeed',
    make: (stage) => {
      const p = pipelineOn(stage);
      const work = new Task(p, 'work', {
        forEach: Items.range(0, 4),
        command: ({ item }) => ['echo', item],
        argoStrategy: 'job',
      });
      new Task(p, 'next', { after: work, ...good() });
      new Task(p, 'handler', { after: { task: work, on: 'failed' }, ...good() });
      return p;
    },
    run: 'succeeded',
    tasks: { work: 'succeeded, 4 of 4 items', next: 'succeeded', handler: 'never ran' },
    order: ['work < next'],
  },
  {
    group,
    name: 'items fail: all of them run, then the task has failed',
    make: (stage) => {
      const p = pipelineOn(stage);
      const work = new Task(p, 'work', {
        forEach: Items.range(0, 4),
        ...failing([0, 2]),
        argoStrategy: 'job',
        maxRunning: 2,
      });
      new Task(p, 'next', { after: work, ...good() });
      new Task(p, 'handler', { after: { task: work, on: 'failed' }, ...good() });
      return p;
    },
    run: 'failed',
    tasks: { work: 'failed, 2 of 4 items: not 0 2', next: 'never ran', handler: 'succeeded' },
    order: ['work < handler'],
    atMost: { work: 2 },
  },
  {
    group,
    name: 'items have attempts inside the Job',
    make: (stage) => {
      const p = pipelineOn(stage, { volumes: [stateOf(stage)] });
      const work = new Task(p, 'work', {
        forEach: Items.range(0, 3),
        command: ({ item }) => sh('echo x >>"/state/$1"; [ "$1" != 1 ] || [ "$(wc -l </state/1)" -ge 2 ]', item),
        argoStrategy: 'job',
        retries: 2,
      });
      new Task(p, 'next', { after: work, ...good() });
      return p;
    },
    run: 'succeeded',
    tasks: { work: 'succeeded, 3 of 3 items; 2 attempts: 1', next: 'succeeded' },
    order: ['work < next'],
  },
  {
    group,
    name: 'an exit code that is never tried again ends its item only',
    make: (stage) => {
      const p = pipelineOn(stage);
      const work = new Task(p, 'work', {
        forEach: Items.range(0, 3),
        command: ({ item }) => sh('[ "$1" != 1 ] || exit 42', item),
        argoStrategy: 'job',
        retries: { limit: 3, exceptExitCodes: [42] },
      });
      new Task(p, 'next', { after: { task: work, on: 'failed' }, ...good() });
      return p;
    },
    run: 'failed',
    tasks: { work: 'failed, 2 of 3 items: not 1', next: 'succeeded' },
  },
  {
    group,
    name: 'values and parameters reach the pods of the Job',
    make: (stage) => {
      const p = pipelineOn(stage, { parameters: { text: 'it\'s $(x) "{{y}}"'.replace('{{', '{ {') } });
      const up = new Task(p, 'up', {
        command: sh('printf %s "$TEXT" >"$PODLOOM_OUTPUT_TEXT"'),
        env: { TEXT: 'a {{b}} $(c) \'d\' "e" \\' },
        outputs: { text: 'string' },
      });
      new Task(p, 'work', {
        forEach: Items.of(['it\'s {{0}} "$(x)"', '-n']),
        command: ({ item }) =>
          sh(
            '[ "$1|$2" = "$A|$B" ] && case "$3" in "it\'s {{0}} \\"\\$(x)\\"" | -n);; *) exit 1;; esac',
            up.outputs.text,
            p.parameters.text,
            item,
          ),
        env: { A: 'a {{b}} $(c) \'d\' "e" \\', B: 'it\'s $(x) "{{y}}"'.replace('{{', '{ {') },
        argoStrategy: 'job',
      });
      return p;
    },
    run: 'succeeded',
    tasks: { up: 'succeeded', work: 'succeeded, 2 of 2 items' },
    order: ['up < work'],
  },
  {
    group,
    name: 'the deadline of a task ends all its items',
    make: (stage) => {
      const p = pipelineOn(stage);
      const work = new Task(p, 'work', {
        forEach: Items.range(0, 2),
        command: ({ item }) => sh('[ "$1" = 0 ] || exec sleep 120', item),
        deadline: '6s',
        terminationGrace: '1s',
      });
      new Task(p, 'handler', { after: { task: work, on: 'failed' }, ...good() });
      return p;
    },
    run: 'failed',
    tasks: { work: 'failed, 1 of 2 items: not 1', handler: 'succeeded' },
    order: ['work < handler'],
  },
  {
    group,
    name: 'the deadline of a task without items',
    make: (stage) => {
      const p = pipelineOn(stage);
      const work = new Task(p, 'work', {
        command: sh('exec sleep 120'),
        deadline: '6s',
        terminationGrace: '1s',
        retries: 2,
      });
      new Task(p, 'handler', { after: { task: work, on: 'failed' }, ...good() });
      return p;
    },
    run: 'failed',
    tasks: { work: 'failed', handler: 'succeeded' },
    order: ['work < handler'],
  },
  {
    group,
    name: 'the deadline of the pipeline: what runs is ended, the rest never runs, exit tasks do',
    make: (stage) => {
      const p = pipelineOn(stage, { deadline: '40s' });
      const quick = new Task(p, 'quick', { ...good() });
      const slow = new Task(p, 'slow', { after: quick, command: sh('exec sleep 600'), terminationGrace: '1s' });
      new Task(p, 'next', { after: slow, ...good() });
      new Task(p, 'report', { onExit: true, command: sh('[ "$1" = Failed ]', p.status) });
      return p;
    },
    run: 'failed',
    tasks: { quick: 'succeeded', slow: 'failed', next: 'never ran', report: 'succeeded' },
  },
  {
    group,
    name: 'ranks that all succeed, each with its number',
    make: (stage) => {
      const p = pipelineOn(stage, { volumes: [stateOf(stage)] });
      const train = new Task(p, 'train', {
        replicas: 3,
        command: sh('echo x >>"/state/$RANK"; until [ "$(ls /state | wc -l)" = "$WORLD_SIZE" ]; do sleep 1; done'),
      });
      new Task(p, 'next', { after: train, command: sh('[ "$(ls /state | tr "\\n" " ")" = "0 1 2 " ]') });
      return p;
    },
    run: 'succeeded',
    tasks: { train: 'succeeded', next: 'succeeded' },
    order: ['train < next'],
  },
  {
    group,
    name: 'a rank that fails ends the others; all are tried again together',
    make: (stage) => {
      const p = pipelineOn(stage, { volumes: [stateOf(stage)] });
      const train = new Task(p, 'train', {
        replicas: 2,
        command: sh(
          'echo x >>"/state/$RANK"; [ "$(wc -l <"/state/$RANK")" -lt 2 ] || exit 0; [ "$RANK" != 1 ] || { sleep 2; exit 1; }; exec sleep 120',
        ),
        terminationGrace: '1s',
        retries: 1,
      });
      new Task(p, 'next', { after: train, ...good() });
      return p;
    },
    run: 'succeeded',
    tasks: { train: 'succeeded, 2 attempts', next: 'succeeded' },
    order: ['train < next'],
  },
  {
    group,
    name: 'ranks whose attempts run out',
    make: (stage) => {
      const p = pipelineOn(stage);
      const train = new Task(p, 'train', {
        replicas: 2,
        command: sh('[ "$RANK" != 0 ] || exit 7; exec sleep 120'),
        terminationGrace: '1s',
        retries: 1,
      });
      new Task(p, 'handler', { after: { task: train, on: 'failed' }, ...good() });
      return p;
    },
    run: 'failed',
    tasks: { train: 'failed, 2 attempts', handler: 'succeeded' },
    order: ['train < handler'],
  },
  {
    group,
    name: 'ranks with an exit code that is never tried again',
    make: (stage) => {
      const p = pipelineOn(stage);
      new Task(p, 'train', {
        replicas: 2,
        command: sh('[ "$RANK" != 1 ] || exit 42; exec sleep 120'),
        terminationGrace: '1s',
        retries: { limit: 2, exceptExitCodes: [42] },
      });
      return p;
    },
    run: 'failed',
    tasks: { train: 'failed' },
  },
  {
    group,
    name: 'a task without items on the way: attempts, then an Indexed Job, then a loop',
    make: (stage) => {
      const p = pipelineOn(stage, { volumes: [stateOf(stage)] });
      const up = new Task(p, 'up', { ...goodFrom(2, 'up'), retries: 1 });
      const job = new Task(p, 'job', {
        after: up,
        forEach: Items.range(0, 3),
        command: ({ item }) => ['echo', item],
        argoStrategy: 'job',
      });
      const loop = new Task(p, 'loop', {
        after: job,
        forEach: Items.range(0, 3),
        command: ({ item }) => ['echo', item],
        argoStrategy: 'loop',
      });
      new Task(p, 'bad', { after: loop, ...bad() });
      return p;
    },
    run: 'failed',
    tasks: {
      up: 'succeeded, 2 attempts',
      job: 'succeeded, 3 of 3 items',
      loop: 'succeeded, 3 of 3 items',
      bad: 'failed',
    },
    order: ['up < job', 'job < loop', 'loop < bad'],
  },
];
