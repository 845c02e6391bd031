import { expect, test } from 'vitest';
import { TaskOutputs } from '../../../src/runner/cluster/task-outputs.ts';
import { unitsOf } from '../../../src/runner/units.ts';
import { aTask } from '../../rig/ir.ts';
import { inFolder } from '../rig/conduct.ts';

const lines = { kind: 'value', name: 'lines', type: 'string' } as const;
const count = { kind: 'value', name: 'count', type: 'number' } as const;

/** The texts that a task with these outputs has put out, from the termination message of its pod. */
function read(outputs: readonly (typeof lines | typeof count)[], message: string): Promise<unknown> {
  return inFolder(async (folder) => {
    const task = aTask({ outputs });
    const taken = new TaskOutputs(task, unitsOf(task, undefined), folder);
    expect(await taken.take(0, message)).toEqual({ kind: 'succeeded' });
    return Object.fromEntries(await taken.read());
  });
}

test('one newline at the end of a value is dropped, whether it comes alone or with others', async () => {
  const text = { kind: 'text', text: 'a\nb\n' };
  expect(await read([lines], 'a\nb\n\n')).toEqual({ lines: text });
  expect(await read([lines, count], 'lines\n a\n b\n \ncount\n 7\n')).toEqual({
    lines: text,
    count: { kind: 'text', text: '7' },
  });
});
