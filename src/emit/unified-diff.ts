import { diffLines, type LineChange } from './lines-diff.ts';

const CONTEXT = 3;
const NO_LINE_END = '\\ No newline at end of file';

/**
 * A unified diff as `git diff` writes it and `git apply` takes it. undefined: there is no such file.
 * With more than `maxLines` lines the rest is replaced by one line that says how many.
 */
export function unifiedDiff(
  path: string,
  before: string | undefined,
  after: string | undefined,
  maxLines = 500,
): string {
  const lines = hunks(diffLines(linesOf(before), linesOf(after)));
  const shown =
    lines.length > maxLines ? [...lines.slice(0, maxLines), `… ${lines.length - maxLines} more lines`] : lines;
  const names = [
    `--- ${before === undefined ? '/dev/null' : `a/${path}`}`,
    `+++ ${after === undefined ? '/dev/null' : `b/${path}`}`,
  ];
  return [...names, ...shown, ''].join('\n');
}

/** A last line without line end carries the mark of git with it, so that it differs from the same line with one. */
function linesOf(text: string | undefined): string[] {
  if (text === undefined || text === '') return [];
  const lines = text.split('\n');
  const last = lines.pop() as string;
  if (last !== '') lines.push(`${last}\n${NO_LINE_END}`);
  return lines;
}

const SIGN = { same: ' ', removed: '-', added: '+' } as const;

function hunks(changes: readonly LineChange[]): string[] {
  const lines: string[] = [];
  let [oldLine, newLine] = [1, 1];
  let position = 0;
  for (const [start, end] of stretches(changes)) {
    for (; position < start; position++) [oldLine, newLine] = [oldLine + 1, newLine + 1];
    const part = changes.slice(start, end);
    const oldCount = part.filter((change) => change.kind !== 'added').length;
    const newCount = part.filter((change) => change.kind !== 'removed').length;
    lines.push(`@@ -${range(oldLine, oldCount)} +${range(newLine, newCount)} @@`);
    lines.push(...part.map((change) => SIGN[change.kind] + change.text));
    [oldLine, newLine, position] = [oldLine + oldCount, newLine + newCount, end];
  }
  return lines;
}

function range(line: number, count: number): string {
  return count === 0 ? `${line - 1},0` : `${line},${count}`;
}

/** From–to positions of changes with their context; those that touch are one. */
function stretches(changes: readonly LineChange[]): [number, number][] {
  const found: [number, number][] = [];
  changes.forEach((change, position) => {
    if (change.kind === 'same') return;
    const start = Math.max(0, position - CONTEXT);
    const end = Math.min(changes.length, position + CONTEXT + 1);
    const last = found.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = end;
    else found.push([start, end]);
  });
  return found;
}
