import { expect, test } from 'vitest';
import type { Reference } from '../../src/ir/text.ts';
import { danglingNames } from '../../src/passes/dangling.ts';
import { aCommand, aContainer, anEdge, aPipeline, aTask } from '../rig/ir.ts';

test('names that a stored pipeline does not have', () => {
  const uses: Reference[] = [
    { kind: 'output', task: 'a', output: 'loss' },
    { kind: 'output', task: 'a', output: 'typo' },
    { kind: 'output', task: 'gone', output: 'loss' },
    { kind: 'parameter', parameter: 'epochs' },
    { kind: 'parameter', parameter: 'typo' },
  ];
  const a = aTask({ name: 'a', outputs: [{ kind: 'value', name: 'loss', type: 'number' }] });
  const b = aTask({
    name: 'b',
    after: [anEdge('a'), anEdge('gone')],
    container: aContainer({ program: aCommand('x', uses) }),
  });
  expect(danglingNames(aPipeline({ parameters: [{ name: 'epochs', type: 'number' }], tasks: [a, b] }))).toEqual([
    'task "b" runs after "gone", which is no task',
    'task "b" uses output "typo" of "a", which does not exist',
    'task "b" uses output "loss" of "gone", which does not exist',
    'task "b" uses parameter "typo", which does not exist',
  ]);
});
