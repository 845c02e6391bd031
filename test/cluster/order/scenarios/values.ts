import { and, eq, gt, Items, ne, not, Output, oneOf, Task } from 'podloom';
import { good, pipelineOn, sh } from '../programs.ts';
import type { Scenario } from '../scenario.ts';

const group = 'Conditions and values';

/** Text that a shell, the kubelet or Argo would each like to read as something else. */
const HOSTILE = 'it\'s "x" $(HOME) ${y} `z` {{workflow.name}} {{=1+1}} \\n %s ü☃ -e';

/** `when`, parameters, outputs and lists. */
export const valueScenarios: readonly Scenario[] = [
  {
    group,
    name: '`when` on parameters of each type',
    make: (stage) => {
      const p = pipelineOn(stage, { parameters: { mode: 'full', limit: 2.5, dry: false } });
      const { mode, limit, dry } = p.parameters;
      new Task(p, 'same', { when: eq(mode, 'full'), ...good() });
      new Task(p, 'other', { when: eq(mode, 'none'), ...good() });
      new Task(p, 'listed', { when: oneOf(mode, ['none', 'full']), ...good() });
      new Task(p, 'larger', { when: gt(limit, 2), ...good() });
      new Task(p, 'smaller', { when: not(gt(limit, 2)), ...good() });
      new Task(p, 'wet', { when: and(eq(dry, false), ne(mode, '')), ...good() });
      return p;
    },
    run: 'succeeded',
    tasks: {
      same: 'succeeded',
      other: 'skipped',
      listed: 'succeeded',
      larger: 'succeeded',
      smaller: 'skipped',
      wet: 'succeeded',
    },
  },
  {
    group,
    name: 'the parameters of the run count, not the defaults; their text arrives as it is',
    make: (stage) => {
      const p = pipelineOn(stage, { parameters: { mode: 'full', text: '' } });
      const { mode, text } = p.parameters;
      new Task(p, 'same', { when: eq(mode, 'full'), ...good() });
      new Task(p, 'other', { when: eq(mode, 'no\'n"e'), ...good() });
      new Task(p, 'reads', {
        command: sh('[ "$1" = "$WANTED" ] && [ "$GIVEN" = "$WANTED" ]', text),
        env: { GIVEN: text, WANTED: 'a $(b) \'c\' "d" \\ $HOME' },
      });
      return p;
    },
    given: { mode: 'no\'n"e', text: 'a $(b) \'c\' "d" \\ $HOME' },
    run: 'succeeded',
    tasks: { same: 'skipped', other: 'succeeded', reads: 'succeeded' },
  },
  {
    group,
    name: '`when` on outputs: a number, a boolean, a text',
    make: (stage) => {
      const p = pipelineOn(stage);
      const up = new Task(p, 'up', {
        command: sh(
          'echo 0.25 >"$PODLOOM_OUTPUT_LOSS"; echo true >"$PODLOOM_OUTPUT_DONE"; printf %s "a b" >"$PODLOOM_OUTPUT_NAME"',
        ),
        outputs: { loss: 'number', done: 'boolean', name: 'string' },
      });
      const { loss, done, name } = up.outputs;
      new Task(p, 'low', { when: not(gt(loss, 0.5)), ...good() });
      new Task(p, 'high', { when: gt(loss, 0.5), ...good() });
      new Task(p, 'all', { when: and(eq(done, true), eq(name, 'a b')), ...good() });
      return p;
    },
    run: 'succeeded',
    tasks: { up: 'succeeded', low: 'succeeded', high: 'skipped', all: 'succeeded' },
    order: ['up < low', 'up < all'],
  },
  {
    group,
    name: 'a skipped task with items: nothing of it runs, and what follows does',
    make: (stage) => {
      const p = pipelineOn(stage, { parameters: { go: false } });
      const up = new Task(p, 'up', {
        when: eq(p.parameters.go, true),
        forEach: Items.range(0, 3),
        command: ({ item }) => ['echo', item],
      });
      new Task(p, 'next', { after: up, ...good() });
      new Task(p, 'any', { after: { task: up, on: 'anySucceeded' }, ...good() });
      return p;
    },
    run: 'succeeded',
    tasks: { up: 'skipped', next: 'succeeded', any: 'never ran' },
  },
  {
    group,
    name: 'one value, with hostile text, in argv, in the environment and for items',
    make: (stage) => {
      const p = pipelineOn(stage);
      const up = new Task(p, 'up', {
        command: sh('printf %s "$TEXT" >"$PODLOOM_OUTPUT_TEXT"'),
        env: { TEXT: HOSTILE },
        outputs: { text: 'string' },
      });
      const { text } = up.outputs;
      new Task(p, 'argv', { command: sh('[ "$1" = "$WANTED" ]', text), env: { WANTED: HOSTILE } });
      new Task(p, 'environment', {
        command: sh('[ "$GIVEN" = "<$WANTED>" ]'),
        env: { GIVEN: `<${text}>`, WANTED: HOSTILE },
      });
      new Task(p, 'items', {
        forEach: Items.range(0, 2),
        command: () => sh('[ "$1" = "$WANTED" ]', text),
        env: { WANTED: HOSTILE },
      });
      return p;
    },
    run: 'succeeded',
    tasks: { up: 'succeeded', argv: 'succeeded', environment: 'succeeded', items: 'succeeded, 2 of 2 items' },
    order: ['up < argv', 'up < items'],
  },
  {
    group,
    name: 'several values of one task, of several lines; one passes through a task between',
    make: (stage) => {
      const p = pipelineOn(stage);
      const up = new Task(p, 'up', {
        command: sh('printf "a\\nb\\n\\n" >"$PODLOOM_OUTPUT_LINES"; echo 7 >"$PODLOOM_OUTPUT_COUNT"'),
        outputs: { lines: 'string', count: 'number' },
      });
      const next = new Task(p, 'next', {
        command: sh('echo $(($1 + 1)) >"$PODLOOM_OUTPUT_MORE"', up.outputs.count),
        outputs: { more: 'number' },
      });
      new Task(p, 'last', {
        command: sh(
          '[ "$1 $2" = "7 8" ] && [ "$3" = "$(printf "a\\nb\\n.")" ]',
          up.outputs.count,
          next.outputs.more,
          `${up.outputs.lines}.`,
        ),
      });
      return p;
    },
    run: 'succeeded',
    tasks: { up: 'succeeded', next: 'succeeded', last: 'succeeded' },
    order: ['up < next', 'next < last'],
  },
  {
    group,
    name: 'a program that ends well without its number has failed',
    make: (stage) => {
      const p = pipelineOn(stage);
      const up = new Task(p, 'up', { ...good(), outputs: { loss: 'number' } });
      new Task(p, 'next', { command: ['echo', up.outputs.loss] });
      return p;
    },
    run: 'failed',
    tasks: { up: 'failed', next: 'never ran' },
  },
  {
    group,
    name: 'a program that ends well without its text',
    make: (stage) => {
      const p = pipelineOn(stage);
      const up = new Task(p, 'up', { ...good(), outputs: { text: 'string' } });
      new Task(p, 'next', { command: sh('[ "$1" = "" ]', up.outputs.text) });
      return p;
    },
    run: 'failed',
    tasks: { up: 'failed', next: 'never ran' },
    differences: [
      {
        target: 'jobs',
        run: 'succeeded',
        tasks: { up: 'succeeded', next: 'succeeded' },
        because: 'An output that was not written',
      },
    ],
  },
  {
    group,
    name: 'a number that is none',
    make: (stage) => {
      const p = pipelineOn(stage);
      const up = new Task(p, 'up', { command: sh('echo much >"$PODLOOM_OUTPUT_LOSS"'), outputs: { loss: 'number' } });
      new Task(p, 'next', { command: sh('[ "$1" = much ]', up.outputs.loss) });
      return p;
    },
    run: 'failed',
    tasks: { up: 'failed', next: 'never ran' },
    differences: [
      {
        target: 'argo',
        run: 'succeeded',
        tasks: { up: 'succeeded', next: 'succeeded' },
        because: 'A value that is not of its type',
      },
    ],
  },
  ...([0, 1, 3] as const).map(
    (count): Scenario => ({
      group,
      name: `a list made at run time, of ${count} ${count === 1 ? 'item' : 'items'}`,
      make: (stage) => {
        const p = pipelineOn(stage);
        const find = new Task(p, 'find', {
          command: sh(
            'i=0; while [ $i -lt "$1" ]; do echo "it\'s {{$i}} \\$(x)"; i=$((i+1)); done >"$PODLOOM_OUTPUT_FILES"',
            count,
          ),
          outputs: { files: Output.list() },
        });
        const work = new Task(p, 'work', {
          forEach: find.outputs.files,
          command: ({ item, index }) => sh('[ "$1" = "it\'s {{$2}} \\$(x)" ]', item, index),
        });
        new Task(p, 'next', { after: work, ...good() });
        return p;
      },
      run: 'succeeded',
      tasks: { find: 'succeeded', work: `succeeded, ${count} of ${count} items`, next: 'succeeded' },
      order: count === 0 ? ['find < next'] : ['find < work', 'work < next'],
    }),
  ),
  {
    group,
    name: 'a list of objects, at most two at once, with an item that fails',
    make: (stage) => {
      const p = pipelineOn(stage);
      const find = new Task(p, 'find', {
        command: sh('printf \'[{"a":"x y","b":1},{"a":"","b":2},{"a":"z","b":3}]\' >"$PODLOOM_OUTPUT_FILES"'),
        outputs: { files: Output.list({ fields: ['a', 'b'] }) },
      });
      new Task(p, 'work', {
        forEach: find.outputs.files,
        maxRunning: 2,
        command: ({ item, index }) =>
          sh('case "$1|$2|$3" in "x y|1|0" | "|2|1") ;; *) exit 1;; esac', item.a, item.b, index),
      });
      return p;
    },
    run: 'failed',
    tasks: { find: 'succeeded', work: 'failed, 2 of 3 items: not 2' },
    atMost: { work: 2 },
  },
];
