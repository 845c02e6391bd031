import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/ir/scalar.ts';
import type { Part, Text } from '../../../src/ir/text.ts';
import { environmentName, type RunReference } from '../../../src/targets/items/index.ts';
import { podSpec } from '../../../src/targets/pod/index.ts';
import { aCommand, aContainer, aTask } from '../../rig/ir.ts';
import { aPodContext, kubeletExpand } from './rig.ts';

/** Text in which the expansion has something to break. */
const literal = fc.stringMatching(/^[$()A-C_é€𝄞\n ]{1,12}$/u);
const reference: fc.Arbitrary<RunReference> = fc.constantFrom(
  { kind: 'parameter', parameter: 'a' },
  { kind: 'output', task: 't', output: 'o' },
  { kind: 'run' },
);
const text: fc.Arbitrary<Text> = fc.array(fc.oneof(literal, reference) as fc.Arbitrary<Part>, { maxLength: 5 });

function read(parts: Text, value: (reference: RunReference) => string): string {
  return parts.map((part) => (typeof part === 'string' ? part : value(part as RunReference))).join('');
}

interface Entry {
  readonly name: string;
  readonly value: string;
}

describe('what the kubelet makes of a pod', () => {
  it('is the argv and the environment that the task says, whatever the text and the values', () => {
    const texts = fc.array(text, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(texts, fc.array(text, { maxLength: 3 }), literal, (argv, variables, value) => {
        const valueFor = (from: RunReference) => `${value}${from.kind}`;
        const environment = {
          variables: variables.map((parts, at) => ({ kind: 'text', name: `V${at}`, text: parts }) as const),
          from: [],
        };
        const task = aTask({ container: aContainer({ program: aCommand(...argv), environment }) });
        const context = aPodContext({ valueFor: (from) => ({ valueFrom: { test: valueFor(from) } }) });
        const main = (podSpec(task, context)['containers'] as JsonObject[])[0] as JsonObject;

        const expanded = new Map<string, string>();
        for (const entry of (main['env'] ?? []) as unknown as (Entry & { valueFrom?: { test: string } })[]) {
          expanded.set(entry.name, entry.valueFrom?.test ?? kubeletExpand(entry.value, expanded));
        }
        const command = (main['command'] as string[]).map((word) => kubeletExpand(word, expanded));
        expect(command).toEqual(argv.map((parts) => read(parts, valueFor)));
        variables.forEach((parts, at) => {
          expect(expanded.get(`V${at}`)).toBe(read(parts, valueFor));
        });
        for (const from of [...argv, ...variables].flat()) {
          if (typeof from !== 'string') expect(expanded.has(environmentName(from as RunReference))).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});
