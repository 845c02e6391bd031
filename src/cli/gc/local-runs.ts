import { join } from 'node:path';
import { lockHolder } from '../../runner/state/lock.ts';
import { allRuns } from '../runs.ts';
import type { LeftRun } from './choice.ts';

export interface LocalRun extends LeftRun {
  /** Absolute. */
  readonly folder: string;
}

/** The runs of a folder. One that was left before its end can be gone on with, so it stays. */
export async function localRuns(runsFolder: string): Promise<LocalRun[]> {
  const found = await allRuns(runsFolder);
  return Promise.all(
    found.map(async ({ folder, state }) => {
      const holder = await lockHolder(join(folder, 'run.lock'));
      const isOpen = state.status === 'running' || state.status === 'interrupted';
      const busy =
        holder !== undefined ? `process ${holder} has it` : isOpen ? 'it has not come to its end' : undefined;
      const { run, pipeline, started, ended } = state;
      return { run, pipeline, folder, busy, last: ended ?? started, collected: true };
    }),
  );
}
