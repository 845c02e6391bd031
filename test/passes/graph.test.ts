import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Collector } from '../../src/diagnostics/collector.ts';
import { defaultProfile } from '../../src/ir/profile.ts';
import type { Task } from '../../src/ir/task.ts';
import { checkCycles } from '../../src/passes/cycles.ts';
import { checks } from '../../src/passes/index.ts';
import { aCommand, anEdge, aPipeline, aRange, aTable, aTask } from '../rig/ir.ts';
import { findings, findingsOf } from './check.ts';

describe('cycles', () => {
  test('are shown as a path with each edge', () => {
    const a = aTask({ name: 'a', after: [{ ...anEdge('c'), cause: 'dependency' }] });
    const b = aTask({ name: 'b', after: [anEdge('a')] });
    const c = aTask({ name: 'c', after: [anEdge('b')] });
    expect(findingsOf(a, b, c)).toEqual([
      `PL100 error example/a: tasks wait for each other in a cycle: a → b → c → a
  note: "b" runs after "a"
  note: "c" runs after "b"
  note: "a" depends on "c"
  help: Remove one of these edges.`,
    ]);
  });

  test('a task that waits for itself', () => {
    expect(findingsOf(aTask({ name: 'a', after: [anEdge('a')] }))).toEqual([
      `PL103 error example/a: task "a" runs after itself
  help: Remove the edge. A task that should run again has \`retries\`; one that runs many times has \`forEach\`.`,
    ]);
  });

  test('one diagnostic for each knot, with a shortest cycle in it', () => {
    const knot = (...names: string[]) =>
      names.map((name, index) =>
        aTask({ name, after: [anEdge(names.at(index - 1)!), anEdge(names[0]!)].filter(({ task }) => task !== name) }),
      );
    const messages = findingsOf(...knot('a', 'b', 'c'), ...knot('x', 'y')).map((text) => text.split('\n')[0]);
    expect(messages).toEqual([
      'PL100 error example/a: tasks wait for each other in a cycle: a → c → a',
      'PL100 error example/x: tasks wait for each other in a cycle: x → y → x',
    ]);
  });

  test('a cycle that only the use of an output closes', () => {
    const output = { kind: 'output', task: 'train', output: 'loss' } as const;
    const decode = aTask({
      name: 'decode',
      container: { ...aTask().container, program: aCommand('echo', [output]) },
      after: [{ task: 'train', on: 'succeeded', cause: 'reference' }],
    });
    const middle = aTask({ name: 'middle', after: [anEdge('decode')] });
    const train = aTask({
      name: 'train',
      after: [anEdge('middle')],
      outputs: [{ kind: 'value', name: 'loss', type: 'number' }],
    });
    expect(findingsOf(decode, middle, train)).toEqual([
      `PL130 error example/decode: task "decode" uses output "loss" of "train", which is not upstream of it: decode → middle → train
  note: "middle" runs after "decode"
  note: "train" runs after "middle"
  help: Remove an edge of that path, or do not use the output in "decode".`,
    ]);
  });

  test('are found exactly when there is no topological order', () => {
    const graphs = fc.integer({ min: 1, max: 12 }).chain((size) =>
      fc
        .array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1), fc.constantFrom('after', 'reference')), { maxLength: 20 })
        .map((pairs) =>
          Array.from({ length: size }, (_, index) =>
            aTask({
              name: `t${index}`,
              after: pairs
                .filter(([to]) => to === index)
                .map(([, from, cause]) => ({ task: `t${from}`, on: 'succeeded' as const, cause: cause as 'after' })),
            }),
          ),
        ),
    );
    fc.assert(
      fc.property(graphs, (tasks) => {
        const diagnostics = new Collector();
        checkCycles(aPipeline({ tasks }), defaultProfile, diagnostics);
        expect(diagnostics.hasErrors).toBe(!hasTopologicalOrder(tasks));
        for (const { code, message } of diagnostics.sorted()) {
          if (code === 'PL100') expectCycle(tasks, message.replace(/^.*cycle: /, '').split(' → '));
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** Takes tasks away whose upstream tasks are all gone, until none is left. */
function hasTopologicalOrder(tasks: readonly Task[]): boolean {
  let rest = tasks;
  for (;;) {
    const names = new Set(rest.map(({ name }) => name));
    const next = rest.filter((task) => task.after.some((edge) => names.has(edge.task)));
    if (next.length === rest.length) return rest.length === 0;
    rest = next;
  }
}

function expectCycle(tasks: readonly Task[], path: readonly string[]): void {
  expect(path[0]).toBe(path.at(-1));
  for (const [index, name] of path.slice(1).entries()) {
    const task = tasks.find((candidate) => candidate.name === name)!;
    expect(task.after.map((edge) => edge.task)).toContain(path[index]);
  }
}

describe('edges', () => {
  test('itemwise needs the same items', () => {
    const decode = aTask({ name: 'decode', forEach: aTable(['a', 'b']) });
    const one = (name: string, forEach?: ReturnType<typeof aTable>) =>
      aTask({ name, forEach, after: [anEdge('decode', 'itemwise')] });
    const help =
      "\n  help: Give both tasks the same items in `forEach`, or let the edge wait for the whole task: `on: 'succeeded'`.";
    expect(
      findingsOf(
        decode,
        one('same', aTable(['a', 'b'])),
        one('other', aTable(['a', 'c'])),
        one('more', aTable(['a', 'b', 'c'])),
        one('batched', aTable(['a', 'b'], { batch: 2 })),
        one('single'),
      ),
    ).toEqual([
      `PL104 error example/other: task "other" runs itemwise after "decode", but their items differ${help}`,
      `PL104 error example/more: task "more" runs itemwise after "decode", but their items differ${help}`,
      `PL104 error example/batched: task "batched" runs itemwise after "decode", but their items are in batches of different sizes${help}`,
      `PL104 error example/single: task "single" runs itemwise after "decode", but "single" has no forEach${help}`,
    ]);
  });

  test('computed items are compared by what they are', () => {
    const range = aTask({ name: 'range', forEach: aRange(3) });
    const listed = aTask({ name: 'listed', forEach: aTable([0, 1, 2]), after: [anEdge('range', 'itemwise')] });
    const longer = aTask({ name: 'longer', forEach: aRange(4), after: [anEdge('range', 'itemwise')] });
    expect(findingsOf(range, listed, longer).map((text) => text.slice(0, 26))).toEqual(['PL104 error example/longer']);
  });

  test('conditions on items need items', () => {
    const train = aTask({ name: 'train' });
    const onItems = (name: string, on: 'anySucceeded' | 'allFailed') => aTask({ name, after: [anEdge('train', on)] });
    expect(findingsOf(train, onItems('a', 'anySucceeded'), onItems('b', 'allFailed'))).toEqual([
      `PL105 error example/a: task "a" runs after "train" on \`anySucceeded\`, but "train" has no forEach
  help: Write \`on: 'succeeded'\`.`,
      `PL105 error example/b: task "b" runs after "train" on \`allFailed\`, but "train" has no forEach
  help: Write \`on: 'failed'\`.`,
    ]);
  });

  test('phases are not mixed', () => {
    const train = aTask({ name: 'train' });
    const notify = aTask({ name: 'notify', phase: 'exit', after: [anEdge('train')] });
    const clean = aTask({ name: 'clean', phase: 'exit', after: [anEdge('notify', 'completed')] });
    const late = aTask({ name: 'late', after: [anEdge('notify')] });
    expect(findingsOf(train, notify, clean, late)).toEqual([
      `PL106 error example/notify: exit task "notify" runs after "train", which is no exit task
  help: Remove the edge: an exit task runs after all others by itself. How the run ended is in \`pipeline.status\`.`,
      `PL107 error example/late: task "late" runs after the exit task "notify"
  help: Make "late" an exit task too (\`onExit: true\`), or "notify" an ordinary one.`,
    ]);
  });

  test('edges that exclude each other', () => {
    const train = aTask({ name: 'train' });
    const report = aTask({
      name: 'report',
      after: [anEdge('train'), anEdge('train', 'failed'), anEdge('train', 'completed')],
    });
    expect(findingsOf(train, report)).toEqual([
      `PL108 error example/report: task "report" can never run: "train" would have to be both \`succeeded\` and \`failed\`
  help: Keep one of the two edges, or use \`on: 'completed'\` for either.`,
    ]);
  });

  test('a pipeline of exit tasks alone', () => {
    expect(findingsOf(aTask({ name: 'notify', phase: 'exit' }))).toEqual([
      `PL109 error example: pipeline "example" has only exit tasks
  help: Leave \`onExit\` out of at least one task.`,
    ]);
  });
});

test('5,000 tasks with a fan-in, and a chain of as many, take no time', () => {
  const wide = Array.from({ length: 5000 }, (_, index) => aTask({ name: `t${index}` }));
  const last = aTask({ name: 'last', after: wide.map(({ name }) => anEdge(name)) });
  const chain = Array.from({ length: 5000 }, (_, index) =>
    aTask({ name: `c${index}`, after: index === 0 ? [] : [anEdge(`c${index - 1}`)] }),
  );
  const pipeline = aPipeline({ tasks: [...wide, last, ...chain] });
  expect(findings(pipeline)).toEqual([]);
  const diagnostics = new Collector();
  const start = performance.now();
  for (const check of checks) check(pipeline, defaultProfile, diagnostics);
  // 10,001 tasks: far below a second even on a busy machine; quadratic work would take many.
  expect(performance.now() - start).toBeLessThan(1000);
});
