import type { TaskSession } from './engine.ts';
import type { Units } from './units.ts';

/** A name that two units have. */
export function firstDuplicate(units: Units): string | undefined {
  const seen = new Set<string>();
  for (let unit = 0; unit < units.count; unit++) {
    const name = units.name(unit);
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return undefined;
}

export function countUnits(units: Units, holds: (unit: number, item: string) => boolean): number {
  let count = 0;
  for (let unit = 0; unit < units.count; unit++) if (holds(unit, units.name(unit))) count++;
  return count;
}

/** Units that count as done and have their outputs. Asks the engine only about those that count. */
export async function doneUnits(
  units: Units,
  session: TaskSession,
  counts: (unit: number, item: string) => boolean,
): Promise<(unit: number) => boolean> {
  const done = new Uint8Array(units.count);
  for (let unit = 0; unit < units.count; unit++) {
    if (counts(unit, units.name(unit)) && (await session.hasOutputs(unit))) done[unit] = 1;
  }
  return (unit) => done[unit] === 1;
}
