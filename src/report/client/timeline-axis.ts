const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000];

/** Steps between marks that people count in, in milliseconds. */
const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500].map((days) => days * DAY),
];

/** The smallest step that leaves `least` pixels between marks. */
export function stepFor(millisecondsPerPixel: number, least: number): number {
  return STEPS.find((step) => step / millisecondsPerPixel >= least) ?? STEPS.at(-1)!;
}

/** `0`, `250 ms`, `5 s`, `2 min 30 s`, `1 h 5 min`, `−3 d` */
export function markText(milliseconds: number): string {
  if (milliseconds === 0) return '0';
  if (milliseconds < 0) return `−${markText(-milliseconds)}`;
  const parts: string[] = [];
  let rest = milliseconds;
  for (const [unit, name] of [
    [DAY, 'd'],
    [HOUR, 'h'],
    [MINUTE, 'min'],
    [SECOND, 's'],
    [1, 'ms'],
  ] as const) {
    const count = Math.floor(rest / unit);
    rest -= count * unit;
    if (count > 0) parts.push(`${count} ${name}`);
  }
  return parts.slice(0, 3).join(' ');
}
