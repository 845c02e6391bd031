import type { Emit } from '../runner/event.ts';

/** One event when the connection is lost and one when it is there again; several watches lose it together. */
export function connectionEvents(emit: Emit): (problem: Error | undefined) => void {
  let lost = false;
  return (problem) => {
    if (lost === (problem !== undefined)) return;
    lost = problem !== undefined;
    emit({ kind: 'connection', time: Date.now(), problem: problem?.message });
  };
}
