import fc from 'fast-check';
import { expect, test } from 'vitest';
import { podName } from '../../src/runner/items/pod-name.ts';
import type { TemplateItem } from '../../src/runner/items/template-item.ts';
import { isDnsLabel } from '../../src/units/dns-name.ts';
import { splitCommand } from '../../src/units/split-command.ts';

const nameOf = (key: TemplateItem['key'], prefix = 'train'): string =>
  podName(prefix, { index: 0, values: {}, key, where: '' });

test('names that can be are kept', () => {
  expect(nameOf('shard-0042')).toBe('train-shard-0042');
  expect(nameOf({ lr: 1, seed: 3 })).toMatch(/^train-lr-1-seed-3-[0-9a-f]{8}$/);
});

test('every item gets a name that a pod can have, and no two the same', () => {
  const seen = new Map<string, string>();
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 100 }), fc.string({ maxLength: 80 }), (text, prefix) => {
      expect(nameOf(text, prefix)).toSatisfy(isDnsLabel);
      const name = nameOf(text);
      expect(seen.get(name) ?? text).toBe(text);
      seen.set(name, text);
    }),
    {
      numRuns: 2000,
      examples: [
        ['A', 'p'],
        ['a', 'p'],
        ['../../x', '../..'],
        ['a_b', ''],
        ['a.b', 'p'],
        ['-', 'p'],
      ],
    },
  );
});

test('a command is split as a shell would', () => {
  const words = (text: string) => {
    const parsed = splitCommand(text);
    return parsed.ok ? parsed.value : parsed.problem;
  };
  expect(words(' microk8s  kubectl ')).toEqual(['microk8s', 'kubectl']);
  expect(words(`'C:\\a b\\k' --as="a \\"b\\" \\c" x\\ y ''`)).toEqual(['C:\\a b\\k', '--as=a "b" \\c', 'x y', '']);
  expect(words('kubectl | tee x')).toBe('has a |, which only a shell understands');
  expect(words('$KUBECTL')).toBe('has a $, which only a shell understands');
  expect(words('"kubectl')).toBe('has a " that is never closed');
  expect(words('kubectl \\')).toBe('ends with a backslash');
  expect(words('  ')).toBe('is empty');
});
