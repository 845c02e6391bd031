/** One line of a comparison: kept, only in the old text, only in the new one. */
export interface LineChange {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
}

/** Above this many changed lines the whole changed stretch is shown as removed and added. */
const MAX_EDITS = 1000;

/** The shortest way from one list of lines to another (Myers 1986), after equal heads and tails are set aside. */
export function diffLines(before: readonly string[], after: readonly string[]): LineChange[] {
  let head = 0;
  const shorter = Math.min(before.length, after.length);
  while (head < shorter && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < shorter - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  return [
    ...marked('same', before.slice(0, head)),
    ...diffMiddle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...marked('same', before.slice(before.length - tail)),
  ];
}

function marked(kind: LineChange['kind'], lines: readonly string[]): LineChange[] {
  return lines.map((text) => ({ kind, text }));
}

function diffMiddle(before: readonly string[], after: readonly string[]): LineChange[] {
  const trace = before.length > 0 && after.length > 0 ? traceEdits(before, after) : undefined;
  if (trace === undefined) return [...marked('removed', before), ...marked('added', after)];
  return walkBack(before, after, trace);
}

/** For each number of edits, how far each diagonal (x - y) got. undefined when MAX_EDITS are not enough. */
function traceEdits(before: readonly string[], after: readonly string[]): Map<number, number>[] | undefined {
  const reach = new Map<number, number>([[1, 0]]);
  const trace: Map<number, number>[] = [];
  for (let edits = 0; edits <= Math.min(before.length + after.length, MAX_EDITS); edits++) {
    trace.push(new Map(reach));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = startOf(reach, diagonal, edits); // edits = 0 starts from the seed on diagonal 1
      while (x < before.length && x - diagonal < after.length && before[x] === after[x - diagonal]) x++;
      reach.set(diagonal, x);
      if (x >= before.length && x - diagonal >= after.length) return trace;
    }
  }
  return undefined;
}

type Reach = ReadonlyMap<number, number>;

/** Whether the furthest path on this diagonal comes from the upper neighbour (a line was added) or the lower one (removed). */
function comesFromAbove(reach: Reach, diagonal: number, edits: number): boolean {
  if (diagonal === -edits || diagonal === edits) return diagonal === -edits;
  return (reach.get(diagonal - 1) as number) < (reach.get(diagonal + 1) as number);
}

function startOf(reach: Reach, diagonal: number, edits: number): number {
  return comesFromAbove(reach, diagonal, edits)
    ? (reach.get(diagonal + 1) as number)
    : (reach.get(diagonal - 1) as number) + 1;
}

function walkBack(before: readonly string[], after: readonly string[], trace: readonly Reach[]): LineChange[] {
  const changes: LineChange[] = [];
  let x = before.length;
  let y = after.length;
  for (let edits = trace.length - 1; edits >= 0; edits--) {
    const reach = trace[edits] as Reach;
    const diagonal = x - y;
    for (const start = startOf(reach, diagonal, edits); x > start; x--, y--)
      changes.push({ kind: 'same', text: before[x - 1] as string });
    if (edits === 0) break;
    if (comesFromAbove(reach, diagonal, edits)) changes.push({ kind: 'added', text: after[--y] as string });
    else changes.push({ kind: 'removed', text: before[--x] as string });
  }
  return changes.reverse();
}
