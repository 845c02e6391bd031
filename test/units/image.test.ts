import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseImage } from '../../src/units/image.ts';

const hex = 'a'.repeat(64);

describe('parseImage', () => {
  test.each([
    ['busybox', { repository: 'busybox' }],
    ['busybox:1.36', { repository: 'busybox', tag: '1.36' }],
    ['acme/train', { repository: 'acme/train' }],
    ['ghcr.io/acme/train:1.4', { registry: 'ghcr.io', repository: 'acme/train', tag: '1.4' }],
    ['localhost:5000/train', { registry: 'localhost:5000', repository: 'train' }],
    ['[::1]:5000/train:v1', { registry: '[::1]:5000', repository: 'train', tag: 'v1' }],
    [
      `nvcr.io/a/b__c.d-e--f:t@sha256:${hex}`,
      { registry: 'nvcr.io', repository: 'a/b__c.d-e--f', tag: 't', digest: `sha256:${hex}` },
    ],
    ['Registry/train', { registry: 'Registry', repository: 'train' }],
  ])('%s', (text, value) => {
    expect(parseImage(text)).toEqual({ ok: true, value });
  });

  test.each([
    ['', 'is empty'],
    ['a b', 'has white space in it'],
    ['Train', 'has upper-case letters in its repository: repositories are lower-case', 'Did you mean "train"?'],
    ['https://ghcr.io/a', 'starts with "https://"', 'Leave "https://" out: an image has no scheme.'],
    ['a:', 'has an empty tag after the ":"'],
    ['a:.b', 'has the tag ".b": a tag has only letters, digits, "_", "." and "-", and does not start with "." or "-"'],
    [`a:${'b'.repeat(129)}`, 'has a tag of 129 characters: at most 128 fit'],
    ['a//b', 'has an empty part between two "/", or at an end'],
    ['a/', 'has an empty part between two "/", or at an end'],
    ['ghcr.io/', 'has no repository'],
    ['-x.io/a', 'has the registry "-x.io", which is not a host name'],
    ['a___b', 'has the part "a___b", which is not lower-case letters and digits joined by ".", "_", "__" or "-"'],
    ['a@latest', 'has no digest of the form "sha256:..." after the "@"'],
    ['a@sha256:abc', 'has a digest that is not 64 lower-case hexadecimal digits after "sha256:"'],
    [hex, 'is an image id, not a name'],
    ['a/'.repeat(130) + 'a', 'has a name of 261 characters: at most 255 fit'],
  ])('refuses %s', (text, problem, hint?) => {
    expect(parseImage(text)).toEqual({ ok: false, problem, ...(hint === undefined ? {} : { hint }) });
  });

  test('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof parseImage(text).ok === 'boolean'));
  });
});
