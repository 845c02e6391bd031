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

/** Units with a log and outputs. Asks the engine only about those with a log. */
export async function doneUnits(
  units: Units,
  session: TaskSession,
  hasLog: (item: string) => boolean,
): Promise<(unit: number) => boolean> {
  const done = new Uint8Array(units.count);
  for (let unit = 0; unit < units.count; unit++) {
    if (hasLog(units.name(unit)) && (await session.hasOutputs(unit))) done[unit] = 1;
  }
  return (unit) => done[unit] === 1;
}
