import { expect, expectTypeOf, test } from 'vitest';
import type { z } from 'zod';
import type { Pipeline } from '../../src/ir/pipeline.ts';
import { defaultProfile, type Profile } from '../../src/ir/profile.ts';
import { parsePipeline, parseProfile, type pipelineSchema, type profileSchema } from '../../src/ir/schema.ts';
import { aContainer, anEdge, aPipeline, aRange, aTable, aTask } from '../rig/ir.ts';

/** Identity of types: also optional and readonly have to agree, which mutual assignability does not see. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

test('the schemas have the types of the interfaces', () => {
  expectTypeOf<Same<z.infer<typeof pipelineSchema>, Pipeline>>().toEqualTypeOf<true>();
  expectTypeOf<Same<z.infer<typeof profileSchema>, Profile>>().toEqualTypeOf<true>();
  // The proof can fail.
  expectTypeOf<Same<{ readonly a?: 1 | undefined }, { readonly a: 1 | undefined }>>().toEqualTypeOf<false>();
  expectTypeOf<Same<{ readonly a: 1 }, { a: 1 }>>().toEqualTypeOf<false>();
});

const full = aPipeline({
  parameters: [{ name: 'epochs', type: 'number', default: 3, options: [3, 4], description: 'how many' }],
  schedule: { cron: '@daily', timeZone: 'Etc/UTC', concurrencyPolicy: 'Forbid', suspend: false },
  tasks: [
    aTask({ name: 'a', forEach: aTable([{ x: 1, y: 'b' }]), gpu: { count: 8, product: 'H100' } }),
    aTask({
      name: 'b',
      forEach: aRange(4),
      after: [anEdge('a', 'completed')],
      when: {
        kind: 'not',
        operand: {
          kind: 'compare',
          operator: '<',
          left: { kind: 'literal', value: 1 },
          right: { kind: 'reference', reference: { kind: 'parameter', parameter: 'epochs' }, type: 'number' },
        },
      },
      outputs: [{ kind: 'list', name: 'shards', shape: { kind: 'object', fields: ['x'] }, maxItems: 10 }],
      patches: { podSpec: { hostNetwork: true, nested: [1, null, { a: 'b' }] } },
    }),
  ],
  extras: [
    {
      object: { kind: 'ConfigMap' },
      origin: { location: { file: '/p.ts', line: 1, column: 2 }, callers: [], path: 'x' },
    },
  ],
});

test('a pipeline survives being stored, and comes back frozen', () => {
  const parsed = parsePipeline(JSON.parse(JSON.stringify(full)));
  expect(parsed).toEqual({ ok: true, value: full });
  expect(parsed.ok && Object.isFrozen(parsed.value.tasks[0]?.container)).toBe(true);
});

test('says where a stored pipeline is damaged', () => {
  const damaged = {
    ...full,
    typo: 1,
    tasks: [{ ...full.tasks[0], container: { ...aContainer(), image: 3 }, gpu: { count: 0.5 } }],
  };
  expect(parsePipeline(damaged)).toEqual({
    ok: false,
    problem:
      'tasks[0].container.image: Invalid input: expected string, received number; tasks[0].gpu.count: Invalid input: expected int, received number; the whole: Unrecognized key: "typo"',
  });
  expect(parsePipeline(null)).toEqual({
    ok: false,
    problem: 'the whole: Invalid input: expected object, received null',
  });
});

test('profiles take what they leave out from the default', () => {
  expect(parseProfile({ name: 'lab', nodes: [{ count: 2, memory: '1Ti' }] }, defaultProfile)).toEqual({
    ok: true,
    value: { ...defaultProfile, name: 'lab', nodes: [{ count: 2, memory: '1Ti' }] },
  });
  expect(parseProfile({ kubernetes: '1.27', nodes: [{ count: 1, memory: '8GB' }] }, defaultProfile)).toEqual({
    ok: false,
    problem: 'kubernetes: has to be a minor version from 1.28 to 1.37; nodes[0].memory: is not a Kubernetes quantity',
  });
  expect(parseProfile([], defaultProfile).ok).toBe(false);
});
