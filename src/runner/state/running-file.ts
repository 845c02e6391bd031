import { rm, writeFile } from 'node:fs/promises';
import type { Clock } from '../clock.ts';
import type { RunEvent } from '../event.ts';

/** An attempt that runs. Times are in milliseconds since 1970. */
export interface RunningAttempt {
  readonly task: string;
  readonly item: string;
  readonly index: number;
  readonly attempt: number;
  readonly queued?: number | undefined;
  readonly started: number;
  readonly node?: string | undefined;
}

/** running.json */
export interface RunningAttempts {
  /** When it was written. */
  readonly time: number;
  readonly attempts: readonly RunningAttempt[];
}

/** Longest that the file is behind. */
const WRITE_MILLISECONDS = 3000;
/** Attempts in it; a picture of more says no more. */
const MOST = 2000;

/**
 * Keeps running.json: what runs now, for a report that is made while a run goes on. Nothing else depends on it, so that it is written at
 * leisure, and a disk that is full is told of by others.
 */
export class RunningFile {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #running = new Map<string, RunningAttempt>();
  #writing: Promise<void> = Promise.resolve();
  #cancel: (() => void) | undefined;

  constructor(path: string, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
  }

  handle(event: RunEvent): void {
    switch (event.kind) {
      case 'run-started': // whatever a runner that was killed has left is old
        this.#write();
        return;
      case 'item-started': {
        const { task, item, index, attempt, place, time } = event;
        const { queued, started = time, node } = place ?? {};
        this.#running.set(`${task}/${item}`, { task, item, index, attempt, queued, started, node });
        break;
      }
      case 'item-succeeded':
      case 'item-failed':
        this.#running.delete(`${event.task}/${event.item}`);
        break;
      default:
        return;
    }
    this.#cancel ??= this.#clock.after(WRITE_MILLISECONDS, () => this.#write());
  }

  /** The file goes: nothing runs any more, or nobody looks at it any more. */
  async close(): Promise<void> {
    this.#cancel?.();
    await this.#writing;
    await rm(this.#path, { force: true }).catch(() => {}); // a report takes no file of a run that has ended for news
  }

  #write(): void {
    this.#cancel = undefined;
    const attempts = [...this.#running.values()].slice(0, MOST);
    const text = JSON.stringify({ time: this.#clock.now(), attempts } satisfies RunningAttempts);
    this.#writing = this.#writing.then(() => writeFile(this.#path, `${text}\n`).catch(() => {}));
  }
}
