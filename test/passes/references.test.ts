import { describe, expect, test } from 'vitest';
import type { Expression } from '../../src/ir/expression.ts';
import type { Edge, Output } from '../../src/ir/task.ts';
import type { Reference } from '../../src/ir/text.ts';
import { aCommand, aContainer, anEdge, aPipeline, aRange, aTask } from '../rig/ir.ts';
import { findings, findingsOf, findingsOfTask } from './check.ts';

const loss: Output = { kind: 'value', name: 'loss', type: 'number' };
const ofTrain: Reference = { kind: 'output', task: 'train', output: 'loss' };
const uses = (...references: Reference[]) => aContainer({ program: aCommand('echo', references) });
const byReference: Edge = { task: 'train', on: 'succeeded', cause: 'reference' };
const isOn: Expression = {
  kind: 'compare',
  operator: '==',
  left: { kind: 'reference', reference: { kind: 'parameter', parameter: 'tune' }, type: 'boolean' },
  right: { kind: 'literal', value: true },
};

describe('outputs that may be missing', () => {
  test('of a task that its condition may skip', () => {
    const train = aTask({ name: 'train', outputs: [loss], when: isOn });
    const show = aTask({ name: 'show', container: uses(ofTrain), after: [byReference] });
    const also: Expression = { kind: 'and', operands: [isOn, { kind: 'not', operand: isOn }] };
    const same = aTask({ ...show, name: 'same', when: also });
    expect(findingsOf(train, show, same)).toEqual([
      `PL137 error example/show: task "show" uses output "loss" of "train", which may have none: its own \`when\` may skip it
  help: Give "show" the same \`when\`, or let "train" run always.`,
    ]);
  });

  test('of a task that may have failed', () => {
    const train = aTask({ name: 'train', outputs: [loss] });
    const show = aTask({ name: 'show', container: uses(ofTrain), after: [anEdge('train', 'completed')] });
    const notify = aTask({ name: 'notify', phase: 'exit', container: uses(ofTrain), after: [byReference] });
    const help = '\n  help: Write what is needed to a shared volume, where a file may be missing.';
    expect(findingsOf(train, show, notify)).toEqual([
      `PL137 error example/show: task "show" uses output "loss" of "train", which may have none: the edge is on \`completed\`, so it also runs when "train" has failed${help}`,
      `PL137 error example/notify: task "notify" uses output "loss" of "train", which may have none: exit tasks also run when others have failed${help}`,
    ]);
  });

  test('never of a file on a volume, whose path is known', () => {
    const train = aTask({
      name: 'train',
      when: isOn,
      outputs: [{ kind: 'file', name: 'loss', volume: 'data', path: 'loss.txt' }],
    });
    expect(findingsOf(train, aTask({ name: 'show', container: uses(ofTrain), after: [byReference] }))).toEqual([]);
  });
});

test('an output of many pods', () => {
  const train = aTask({ name: 'train', outputs: [loss], forEach: aRange(2) });
  const show = aTask({ name: 'show', container: uses(ofTrain), after: [byReference] });
  expect(findingsOf(train, show)).toEqual([
    `PL146 error example/show: task "show" uses output "loss" of "train", which runs once for each of its items
  help: Let a task without \`forEach\` gather the results from a shared volume and put out the value.`,
  ]);
});

test('the status of the run', () => {
  const show = aTask({ name: 'show', container: uses({ kind: 'status' }) });
  expect(findingsOf(show, aTask({ ...show, name: 'notify', phase: 'exit' }))).toEqual([
    `PL147 error example/show: task "show" uses the status of the run, but it is no exit task
  help: Make it an exit task: \`onExit: true\`.`,
  ]);
});

describe('parameters', () => {
  test('contradictions', () => {
    const parameters = [
      { name: 'size', type: 'string', default: 'huge', options: ['small', 'large'] },
      { name: 'epochs', type: 'number', default: '3' },
      { name: 'rate', type: 'number', default: Number.NaN },
      { name: 'none', type: 'string', options: [] },
      { name: 'fine', type: 'boolean', default: true, options: [true] },
    ] as const;
    const help = '\n  help: Let the default be one of the options, and all of them of the type of the parameter.';
    expect(findings(aPipeline({ parameters, tasks: [aTask()] }))).toEqual([
      `PL135 error example: parameter "size": the default "huge" is none of the options "small", "large"${help}`,
      `PL135 error example: parameter "epochs": "3" is not a number${help}`,
      `PL135 error example: parameter "rate": NaN is not a finite number${help}`,
      `PL135 error example: parameter "none": \`options\` is empty, so no value is possible${help}`,
    ]);
  });

  test('no default where nobody can give a value', () => {
    const parameters = [{ name: 'day', type: 'string' }] as const;
    const schedule = { cron: '0 2 * * *', timeZone: 'Etc/UTC', concurrencyPolicy: 'Forbid', suspend: false } as const;
    const help = '\n  help: Give the parameter a default.';
    expect(findings(aPipeline({ parameters, tasks: [aTask()] }))).toEqual([]);
    expect(findings(aPipeline({ parameters, schedule, tasks: [aTask()] }))).toEqual([
      `PL134 error example: parameter "day" has no default, but the pipeline has a schedule${help}`,
    ]);
    expect(findings(aPipeline({ parameters, runOnChange: true, tasks: [aTask()] }))).toEqual([
      `PL134 error example: parameter "day" has no default, but the pipeline has \`runOnChange\`${help}`,
    ]);
  });

  test('names of parameters and outputs', () => {
    const parameters = [
      { name: 'best-lr', type: 'number' },
      { name: 'BEST_LR', type: 'number' },
    ] as const;
    expect(findings(aPipeline({ parameters, tasks: [aTask({ outputs: [{ ...loss, name: 'best lr' }] })] }))).toEqual([
      `PL144 error example: the parameters "best-lr" and "BEST_LR" are both PODLOOM_PARAMETER_BEST_LR in the environment
  help: Rename one of them.`,
      `PL145 error example/task: the name "best lr" of an output has other characters than letters, digits, "-" and "_"
  help: Start with a letter, and use at most 63 letters, digits, "-" and "_".`,
    ]);
  });
});

test('conditions', () => {
  const epochs: Expression = {
    kind: 'reference',
    reference: { kind: 'parameter', parameter: 'epochs' },
    type: 'number',
  };
  const when = (expression: Expression) => findingsOfTask({ when: expression });
  const help =
    '\n  help: Compare values of one type; there is no conversion. Write the literal in the type of the parameter or output.';
  expect(
    when({
      kind: 'not',
      operand: { kind: 'compare', operator: '==', left: epochs, right: { kind: 'literal', value: '3' } },
    }),
  ).toEqual([`PL136 error example/task: \`when\` compares parameter "epochs", a number, with the string "3"${help}`]);
  expect(when({ kind: 'in', value: epochs, options: [1, '2'] })).toEqual([
    `PL136 error example/task: \`when\` compares parameter "epochs", a number, with the string "2"${help}`,
  ]);
  const flag: Expression = { kind: 'reference', reference: ofTrain, type: 'boolean' };
  expect(
    when({
      kind: 'or',
      operands: [{ kind: 'compare', operator: '<', left: flag, right: { kind: 'literal', value: true } }],
    }),
  ).toEqual([
    `PL136 error example/task: \`when\` orders output "loss" of "train", a boolean, by "<", but booleans have no order${help}`,
  ]);
  expect(when({ kind: 'compare', operator: '<', left: epochs, right: { kind: 'literal', value: Number.NaN } })).toEqual(
    [`PL136 error example/task: \`when\` uses NaN, which is not a finite number${help}`],
  );
  expect(when({ kind: 'compare', operator: '<', left: epochs, right: { kind: 'literal', value: 3 } })).toEqual([]);
});

describe('environment', () => {
  const named = (...names: string[]) =>
    aContainer({ environment: { variables: names.map((name) => ({ kind: 'text', name, text: [] })), from: [] } });

  test('names that Kubernetes or a shell cannot hold', () => {
    expect(findingsOfTask({ container: named('2ND', 'a.b', 'OK') })).toEqual([
      `PL140 error example/task: the name "2ND" in \`env\` may have only letters, digits, "_", "-" and ".", and does not start with a digit
  help: Use letters, digits and "_", and start with a letter or "_".`,
    ]);
    const lost = `PL143 error example/task: the name "a.b" in \`env\` would be lost: a shell gathers the outputs of this task
  help: Use letters, digits and "_", or start the program through \`env\`: \`command: ["env", "a.b=1", "program"]\`.`;
    expect(findingsOfTask({ container: named('a.b'), outputs: [loss] })).toEqual([]);
    expect(findingsOfTask({ container: named('a.b'), outputs: [loss, { ...loss, name: 'best' }] })).toEqual([lost]);
  });

  test('names that others set', () => {
    const help = '\n  help: Use another name.';
    expect(findingsOfTask({ container: named('PODLOOM_INDEX', 'JOB_COMPLETION_INDEX', 'RANK') })).toEqual([
      `PL142 error example/task: \`env\` sets PODLOOM_INDEX, which has the prefix of podloom's own variables${help}`,
      `PL142 error example/task: \`env\` sets JOB_COMPLETION_INDEX, which Kubernetes sets in every Job${help}`,
    ]);
    expect(findingsOfTask({ container: named('RANK'), replicas: 2 })).toEqual([
      `PL142 error example/task: \`env\` sets RANK, which podloom sets for replicas${help}`,
    ]);
  });
});
