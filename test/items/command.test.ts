import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Text } from '../../src/ir/text.ts';
import {
  argoItems,
  commandOf,
  environmentName,
  escapeForKubelet,
  isSetByScript,
  jobsItems,
  kubeletText,
  runReferences,
  usesScript,
} from '../../src/targets/items/index.ts';
import { aCommand, aContainer, aRange, aTask } from '../rig/ir.ts';
import { hostileItems } from './hostile.ts';

/** The kubelet's expansion as its documentation and source describe it, byte by byte: written anew for the test. */
function expand(input: string, values: { readonly [name: string]: string }): string {
  const bytes = Buffer.from(input);
  const out: Buffer[] = [];
  for (let at = 0; at < bytes.length; at++) {
    const next = bytes[at + 1];
    if (bytes[at] !== 0x24 || next === undefined) out.push(bytes.subarray(at, at + 1));
    else if (next === 0x28) {
      const close = bytes.indexOf(0x29, at + 2);
      const name = close < 0 ? undefined : bytes.subarray(at + 2, close).toString();
      out.push(Buffer.from(name === undefined ? '$(' : (values[name] ?? `$(${name})`)));
      at = close < 0 ? at + 1 : close;
    } else {
      // Go: string(input[0]) of a byte is the character with that number.
      out.push(Buffer.from(next === 0x24 ? '$' : `$${String.fromCharCode(next)}`));
      at++;
    }
  }
  return Buffer.concat(out).toString();
}

describe('text for the kubelet', () => {
  it('comes back byte for byte', () => {
    expect(expand('$$(A) $(A) $(B) $é', { A: 'x$$(A)' })).toBe('$(A) x$$(A) $(B) $Ã\uFFFD');
    for (const text of hostileItems)
      expect(expand(escapeForKubelet(text), { ITEM: 'wrong', HOME: 'wrong' })).toBe(text);
    const nasty = fc.string({ unit: fc.constantFrom('$', '(', ')', 'A', ' ', 'é', '🚀'), maxLength: 12 });
    fc.assert(
      fc.property(nasty, (text) => expand(escapeForKubelet(text), { A: 'wrong' }) === text),
      { numRuns: 5000, seed: 7 },
    );
  });

  it('stays readable where nothing is expanded', () => {
    expect(escapeForKubelet('cost: $5 of $HOME')).toBe('cost: $5 of $HOME');
    expect(escapeForKubelet('$(id) $$ $')).toBe('$$(id) $$$$ $$');
  });

  it('keeps references apart from the text around them', () => {
    const text: Text = [
      '$',
      { kind: 'parameter', parameter: 'lr' },
      '(x) $',
      { kind: 'mount', volume: 'data' },
      '$',
      { kind: 'run' },
    ];
    const container = aContainer({
      volumes: [{ volume: 'data', source: { kind: 'emptyDir' }, mountPath: '(/d)', readOnly: false }],
    });
    const values = { PODLOOM_PARAMETER_LR: '$(PODLOOM_RUN)', PODLOOM_RUN: 'r1' };
    expect(expand(kubeletText(text, container), values)).toBe('$$(PODLOOM_RUN)(x) $(/d)$r1');
  });
});

describe('the command of a container', () => {
  it('is the user’s own when no script is needed', () => {
    const task = aTask({ container: aContainer({ program: aCommand('echo', '$(id)', [{ kind: 'run' }]) }) });
    expect(commandOf(task, jobsItems)).toEqual({ command: ['echo', '$$(id)', '$(PODLOOM_RUN)'] });
    const entrypoint = aContainer({
      program: { kind: 'command', command: undefined, args: [{ kind: 'text', text: ['-v'] }] },
    });
    expect(commandOf(aTask({ container: entrypoint }), jobsItems)).toEqual({ args: ['-v'] });
    const script = aContainer({
      program: { kind: 'script', source: 'x', interpreter: ['python3', '-u'], args: [{ kind: 'text', text: ['a'] }] },
    });
    expect(commandOf(aTask({ container: script }), jobsItems)).toEqual({
      command: ['python3', '-u', '/podloom/items/source'],
      args: ['a'],
    });
  });

  it('is the script for items, and to gather outputs on jobs', () => {
    const forEach = aRange(3);
    expect(commandOf(aTask({ forEach }), argoItems)).toEqual({ command: ['/bin/sh', '/podloom/items/run'] });
    const injected = aTask({ forEach, container: aContainer({ shell: 'injected' }) });
    expect(commandOf(injected, argoItems)).toEqual({ command: ['/podloom/bin/busybox', 'sh', '/podloom/items/run'] });
    const value = (name: string) => ({ kind: 'value' as const, name, type: 'string' as const });
    expect(usesScript(aTask({ outputs: [value('a')] }), jobsItems)).toBe(false);
    expect(usesScript(aTask({ outputs: [value('a'), value('b')] }), jobsItems)).toBe(true);
    expect(usesScript(aTask({ outputs: [value('a'), value('b')] }), argoItems)).toBe(false);
  });
});

describe('references to the run', () => {
  it('are found once each, in the program and the environment', () => {
    const lr = { kind: 'parameter', parameter: 'max-lr' } as const;
    const n = { kind: 'output', task: 'find-all', output: 'n' } as const;
    const variables = [
      { kind: 'text' as const, name: 'A', text: [n, { kind: 'index' as const }] },
      { kind: 'text' as const, name: 'B', text: [lr] },
    ];
    const task = aTask({
      container: aContainer({
        program: aCommand([lr], [lr, { kind: 'item' }], [{ kind: 'run' }]),
        environment: { variables, from: [] },
      }),
    });
    expect(runReferences(task)).toEqual([lr, { kind: 'run' }, n]);
    expect(runReferences(task).map(environmentName)).toEqual([
      'PODLOOM_PARAMETER_MAX_LR',
      'PODLOOM_RUN',
      'PODLOOM_INPUT_FIND_ALL_N',
    ]);
    expect(variables.map(isSetByScript)).toEqual([true, false]);
  });
});
