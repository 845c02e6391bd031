import type { Engine, TaskSession, TaskWork } from '../../../src/runner/engine.ts';
import { type AttemptOutcome, type Failure, failed, SUCCEEDED } from '../../../src/runner/failure.ts';
import type { OutputValue } from '../../../src/runner/values.ts';

export type Play = (task: string, unit: number, attempt: number) => AttemptOutcome | 'hang';

export const exitCode = (code: number): AttemptOutcome => failed({ kind: 'exit', code });

/** Runs nothing; says how each attempt ends, and remembers what was asked of it. */
export class FakeEngine implements Engine {
  /** `task/unit` or, from the second attempt, `task/unit#2`, in the order in which they were started. */
  readonly started: string[] = [];
  mostAtOnce = 0;
  outputs: { readonly [task: string]: { readonly [name: string]: OutputValue } } = {};
  readonly #play: Play;
  #atOnce = 0;

  constructor(play: Play = () => SUCCEEDED) {
    this.#play = play;
  }

  async open({ task }: TaskWork): Promise<TaskSession> {
    return {
      kind: 'steps',
      hasOutputs: async () => true,
      run: async (unit, attempt, log, stop) => {
        this.started.push(`${task.name}/${unit}${attempt > 1 ? `#${attempt}` : ''}`);
        this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#atOnce);
        await log.write(Buffer.from(`output of ${task.name}\n`));
        const outcome = this.#play(task.name, unit, attempt);
        const ended = outcome === 'hang' ? failed(await aborted(stop)) : outcome;
        this.#atOnce--;
        return ended;
      },
      outputs: async () => new Map(Object.entries(this.outputs[task.name] ?? {})),
      close: async () => {},
    };
  }

  async close(): Promise<void> {}
}

function aborted(stop: AbortSignal): Promise<Failure> {
  if (stop.aborted) return Promise.resolve(stop.reason as Failure);
  return new Promise((resolve) =>
    stop.addEventListener('abort', () => resolve(stop.reason as Failure), { once: true }),
  );
}
