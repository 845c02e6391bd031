import { describe, expect, it } from 'vitest';
import { strategicMerge } from '../../../src/targets/pod/index.ts';

describe('a patch', () => {
  it.each([
    ['merges objects', { a: { b: 1, c: 2 } }, { a: { c: 3, d: 4 } }, { a: { b: 1, c: 3, d: 4 } }],
    ['removes with null', { a: 1, b: { c: 2, d: 3 } }, { a: null, b: { c: null } }, { b: { d: 3 } }],
    [
      'adds no nulls with a new entry',
      { env: [] },
      { env: [{ name: 'A', value: null }], volumes: [{ name: 'a', hostPath: null, emptyDir: {} }] },
      { env: [{ name: 'A' }], volumes: [{ name: 'a', emptyDir: {} }] },
    ],
    ['removes nothing that is not there', {}, { a: null, b: { c: null } }, { b: {} }],
    ['replaces other lists', { args: ['a', 'b'] }, { args: ['c'] }, { args: ['c'] }],
    ['replaces tolerations', { tolerations: [{ key: 'a' }] }, { tolerations: [] }, { tolerations: [] }],
    ['replaces what is of another kind', { a: [1] }, { a: { b: 1 } }, { a: { b: 1 } }],
    [
      'merges containers by name and appends new ones',
      { containers: [{ name: 'main', image: 'a', tty: true }] },
      {
        containers: [
          { name: 'side', image: 's' },
          { name: 'main', image: 'b' },
        ],
      },
      {
        containers: [
          { name: 'main', image: 'b', tty: true },
          { name: 'side', image: 's' },
        ],
      },
    ],
    [
      'merges mounts by path, as one volume may be mounted twice',
      {
        volumeMounts: [
          { name: 'v', mountPath: '/a' },
          { name: 'v', mountPath: '/b' },
        ],
      },
      { volumeMounts: [{ mountPath: '/b', readOnly: true }] },
      {
        volumeMounts: [
          { name: 'v', mountPath: '/a' },
          { name: 'v', mountPath: '/b', readOnly: true },
        ],
      },
    ],
    [
      'changes the kind of a volume and keeps options of the same kind',
      {
        volumes: [
          { name: 'a', emptyDir: {} },
          { name: 'shm', emptyDir: { medium: 'Memory' } },
        ],
      },
      {
        volumes: [
          { name: 'a', hostPath: { path: '/x' } },
          { name: 'shm', emptyDir: { sizeLimit: '1Gi' } },
        ],
      },
      {
        volumes: [
          { name: 'a', hostPath: { path: '/x' } },
          { name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: '1Gi' } },
        ],
      },
    ],
    [
      'changes where a variable comes from',
      { env: [{ name: 'A', value: '1' }] },
      { env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }] },
      { env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }] },
    ],
  ])('%s', (_, base, patch, merged) => {
    const before = structuredClone(base);
    expect(strategicMerge(base, patch)).toEqual(merged);
    expect(base).toEqual(before);
  });

  it('sets a field called __proto__ like any other', () => {
    const patch = JSON.parse('{"labels": {"__proto__": "x"}}');
    expect(JSON.stringify(strategicMerge({ labels: { a: '1' } }, patch))).toBe('{"labels":{"a":"1","__proto__":"x"}}');
  });
});
