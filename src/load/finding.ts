import type { Code } from '../diagnostics/catalogue.ts';
import type { Collector } from '../diagnostics/collector.ts';
import type { SourceLocation } from '../diagnostics/location.ts';
import type { Family } from './reads.ts';

/** A read of something that differs from build to build, seen by the tripwire or by the scan. */
export interface Finding {
  readonly family: Family;
  /** In a form that both give: `Date.now()`, `process.env.HOME`, `os.cpus()`. */
  readonly call: string;
  readonly location: SourceLocation;
  readonly callers: readonly SourceLocation[];
}

const codes = {
  clock: 'PL200',
  randomness: 'PL201',
  environment: 'PL202',
  network: 'PL203',
  subprocess: 'PL204',
  machine: 'PL205',
} as const satisfies { [family in Family]: Code };

/** Reports each read once. The scan sees the same line in another column, and maybe as a part: what ran is more exact. */
export function reportFindings(ran: readonly Finding[], scanned: readonly Finding[], collector: Collector): void {
  const lines = new Set(ran.map(lineOf));
  // A copy of the environment reads each variable; how many there are is another matter on each machine.
  const copies = new Set(ran.filter(({ call }) => call === 'process.env').map(lineOf));
  const seen = new Set<string>();
  for (const finding of [...ran, ...scanned.filter((found) => !lines.has(lineOf(found)))]) {
    const key = `${lineOf(finding)}\0${finding.call}`;
    if (seen.has(key) || (copies.has(lineOf(finding)) && finding.call !== 'process.env')) continue;
    seen.add(key);
    const notes = finding.callers.map((caller) => ({ message: 'called from here', location: caller }));
    collector.report(codes[finding.family], { call: finding.call }, { location: finding.location, notes });
  }
}

function lineOf({ family, location }: Finding): string {
  return `${family}\0${location.file}\0${location.line}`;
}
