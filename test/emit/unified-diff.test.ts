import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffLines } from '../../src/emit/lines-diff.ts';
import { unifiedDiff } from '../../src/emit/unified-diff.ts';

const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 30 });

describe('diffLines', () => {
  it('leads from the old text to the new one, and is as short as can be', () => {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const changes = diffLines(before, after);
        expect(changes.filter(({ kind }) => kind !== 'added').map(({ text }) => text)).toEqual(before);
        expect(changes.filter(({ kind }) => kind !== 'removed').map(({ text }) => text)).toEqual(after);
        expect(changes.filter(({ kind }) => kind === 'same').length).toBe(longestCommon(before, after));
      }),
    );
  });

  it('replaces everything when texts have next to nothing in common', () => {
    const before = Array.from({ length: 3000 }, (_, index) => `old ${index}`);
    const after = Array.from({ length: 3000 }, (_, index) => `new ${index}`);
    const changes = diffLines(['x', ...before, 'y'], ['x', ...after, 'y']);
    expect(changes.filter(({ kind }) => kind === 'same').map(({ text }) => text)).toEqual(['x', 'y']);
  });
});

describe('unifiedDiff', () => {
  it('shows changes with three lines of context', () => {
    const before = 'a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\n';
    expect(
      unifiedDiff('dist/argo/x.yaml', before, before.replace('b\n', '').replace('k\n', 'K')),
    ).toBe(`--- a/dist/argo/x.yaml
+++ b/dist/argo/x.yaml
@@ -1,5 +1,4 @@
 a
-b
 c
 d
 e
@@ -8,4 +7,4 @@
 h
 i
 j
-k
+K
\\ No newline at end of file
`);
  });

  it('shows new and removed files, and cuts what is too long', () => {
    expect(unifiedDiff('x', undefined, 'a\n')).toBe('--- /dev/null\n+++ b/x\n@@ -0,0 +1,1 @@\n+a\n');
    expect(unifiedDiff('x', 'a\nb\nc\n', undefined, 2)).toBe(
      '--- a/x\n+++ /dev/null\n@@ -1,3 +0,0 @@\n-a\n… 2 more lines\n',
    );
  });

  it('is what git apply takes', () => {
    const folder = mkdtempSync(join(tmpdir(), 'podloom-diff-'));
    fc.assert(
      fc.property(lines, lines, fc.boolean(), fc.boolean(), (first, second, firstEnds, secondEnds) => {
        const before = `start\n${first.join('\n')}${firstEnds ? '\n' : ''}`;
        const after = `start\n${second.join('\n')}${secondEnds ? '\n' : ''}`;
        if (before === after) return;
        writeFileSync(join(folder, 'x'), before);
        execFileSync('git', ['apply', '--recount', '-'], {
          cwd: folder,
          input: unifiedDiff('x', before, after),
          env: { ...process.env, GIT_CEILING_DIRECTORIES: tmpdir() },
        });
        expect(readFileSync(join(folder, 'x'), 'utf8')).toBe(after);
      }),
      { numRuns: 25 },
    );
    rmSync(folder, { recursive: true });
  });
});

function longestCommon(a: readonly string[], b: readonly string[]): number {
  const row = new Array<number>(b.length + 1).fill(0);
  for (const x of a) {
    let diagonal = 0;
    b.forEach((y, index) => {
      const above = row[index + 1] as number;
      row[index + 1] = x === y ? diagonal + 1 : Math.max(above, row[index] as number);
      diagonal = above;
    });
  }
  return row[b.length] as number;
}
