import { describe, expect, test } from 'vitest';
import { envNameOf, envNameProblem, isShellName } from '../../src/units/env-name.ts';
import { matchesProduct, parseGpu } from '../../src/units/gpu.ts';
import { hashText } from '../../src/units/hash.ts';
import { labelKeyProblem, labelValueProblem } from '../../src/units/label.ts';
import { quoted } from '../../src/units/parsed.ts';
import { mountPathProblem, relativePathProblem } from '../../src/units/path.ts';
import { parsePercent } from '../../src/units/percent.ts';
import { didYouMean, suggest } from '../../src/units/suggest.ts';

describe('parseGpu', () => {
  const write = 'Write a number (gpu: 2), a product (gpu: "H100") or both (gpu: "H100:8").';
  test.each([
    [1, { count: 1 }],
    ['H100', { count: 1, product: 'H100' }],
    ['H100:8', { count: 8, product: 'H100' }],
    [
      { count: 2, product: 'NVIDIA-A100-SXM4-40GB' },
      { count: 2, product: 'NVIDIA-A100-SXM4-40GB' },
    ],
    [{}, { count: 1 }],
  ])('%j', (input, value) => {
    expect(parseGpu(input)).toEqual({ ok: true, value });
  });

  test.each([
    [0.5, 'asks for a part of a GPU: Kubernetes gives out whole GPUs only', 'Ask for a whole number of GPUs.'],
    ['H100:0.5', 'asks for a part of a GPU: Kubernetes gives out whole GPUs only', 'Ask for a whole number of GPUs.'],
    [0, 'asks for no GPU: the number is at least 1', 'Leave `gpu` out when the task needs none.'],
    ['H100:-1', 'asks for no GPU: the number is at least 1', 'Leave `gpu` out when the task needs none.'],
    [Number.NaN, 'is not a number of GPUs', write],
    ['8', 'is a number in quotes', 'Write gpu: 8.'],
    ['H100:', 'has no number after the ":"', write],
    ['H100:x', 'has no number after the ":"', write],
    [':8', 'has a product that no node label can have', write],
    ['H 100', 'has a product that no node label can have', write],
    ['', 'has a product that no node label can have', write],
  ])('refuses %j', (input, problem, hint) => {
    expect(parseGpu(input)).toEqual({ ok: false, problem, hint });
  });

  test('matchesProduct', () => {
    expect(matchesProduct('NVIDIA-H100-80GB-HBM3', 'H100')).toBe(true);
    expect(matchesProduct('NVIDIA-H100-80GB-HBM3', 'h100-80gb')).toBe(true);
    expect(matchesProduct('NVIDIA-H100-80GB-HBM3', 'H10')).toBe(false);
    expect(matchesProduct('NVIDIA-A100-SXM4-40GB', 'A100')).toBe(true);
  });
});

test('suggest', () => {
  expect(suggest('decod', ['train', 'decode'])).toBe('decode');
  expect(suggest('deocde', ['decode'])).toBe('decode');
  expect(suggest('Decode', ['decode'])).toBe('decode');
  expect(suggest('evaluate', ['decode', 'train'])).toBeUndefined();
  expect(suggest('a', ['b', 'c'])).toBe('b');
  expect(didYouMean('decod', ['decode'], 'No.')).toBe('Did you mean "decode"?');
  expect(didYouMean('x-ray', ['decode'], 'No.')).toBe('No.');
});

test('parsePercent', () => {
  expect(parsePercent('5%')).toEqual({ ok: true, value: 5 });
  expect(parsePercent('0.1%')).toEqual({ ok: true, value: 0.1 });
  expect(parsePercent('101%')).toEqual({ ok: false, problem: 'is more than 100%' });
  expect(parsePercent('5')).toEqual({ ok: false, problem: 'is not a percentage', hint: 'Write it as "5%".' });
});

test('labels', () => {
  expect(['a', 'example.com/a', 'A_b.c-1'].map(labelKeyProblem)).toEqual([undefined, undefined, undefined]);
  expect(labelKeyProblem('Example.com/a')).toBe('has a prefix before the "/" that is not a DNS name');
  expect(labelKeyProblem('a/b/c')).toMatch(/^may have only/);
  expect(labelKeyProblem('')).toMatch(/^may have only/);
  expect(labelKeyProblem('a'.repeat(64))).toBe('has a name of 64 characters: at most 63 fit');
  expect(labelValueProblem('')).toBeUndefined();
  expect(labelValueProblem('a b')).toMatch(/^may have only/);
  expect(labelValueProblem('a'.repeat(64))).toBe('has 64 characters: at most 63 fit');
});

test('names of environment variables', () => {
  expect(['A', '_a1', 'a.b', 'a-b'].map(envNameProblem)).toEqual([undefined, undefined, undefined, undefined]);
  expect(envNameProblem('')).toBe('is empty');
  expect(envNameProblem('1A')).toMatch(/^may have only/);
  expect(envNameProblem('A=B')).toMatch(/^may have only/);
  expect(envNameProblem('..a')).toMatch(/^must not be/);
  expect(['A_1', 'a.b', 'a-b'].map(isShellName)).toEqual([true, false, false]);
  expect(envNameOf('best-lr')).toBe('BEST_LR');
});

test('paths', () => {
  expect(mountPathProblem('/data/a b')).toBeUndefined();
  expect(mountPathProblem('data')).toMatch(/^is not absolute/);
  expect(mountPathProblem('/')).toMatch(/^is the root/);
  expect(mountPathProblem('/a:b')).toMatch(/^has a ":"/);
  expect(mountPathProblem('/a/../b')).toMatch(/^has a "\.\."/);
  expect(mountPathProblem('/a//b')).toMatch(/^is not clean/);
  expect(mountPathProblem('/a/')).toMatch(/^is not clean/);
  expect(mountPathProblem('/a\nb')).toBe('has a control character');
  expect(relativePathProblem('a/b.txt')).toBeUndefined();
  expect(relativePathProblem('')).toBe('is empty');
  expect(relativePathProblem('/a')).toMatch(/^is absolute/);
  expect(relativePathProblem('../a')).toMatch(/^has a "\.\."/);
});

test('hashText is the head of a SHA-256', () => {
  expect(hashText('')).toBe('e3b0c442');
  expect(hashText('', 64)).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});

test('quoted', () => {
  expect(quoted('a"\n')).toBe('"a\\"\\n"');
  expect(quoted('x'.repeat(61))).toBe(`"${'x'.repeat(57)}..."`);
});
