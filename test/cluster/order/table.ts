import type { Column, Result } from './run-scenario.ts';
import type { Scenario } from './scenario.ts';

/** What both targets did, as they did it: scenario, run, then each task. */
export function printTable(columns: ReadonlyMap<Scenario, readonly Column[]>): string {
  return [...columns]
    .flatMap(([{ group, name }, [argo, jobs]]) =>
      argo === undefined || jobs === undefined ? [] : ['', `${group}: ${name}`, ...rows(argo.seen, jobs.seen)],
    )
    .join('\n');
}

function rows(argo: Result, jobs: Result): string[] {
  const lines = [
    ['the run', argo.run, jobs.run],
    ...Object.keys(argo.tasks).map((task) => [task, argo.tasks[task], jobs.tasks[task]]),
  ];
  return lines.map(([what = '', left = '', right = '']) =>
    `  ${what.padEnd(16)} argo: ${left.padEnd(52)} jobs: ${left === right ? 'the same' : right}`.trimEnd(),
  );
}
