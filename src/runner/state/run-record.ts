import { createWriteStream, type WriteStream } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import type { Scalar } from '../../ir/scalar.ts';
import type { Clock } from '../clock.ts';
import type { RunEvent, TaskSummary } from '../event.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import type { Failure } from '../failure.ts';
import { StorageError, stored } from './item-log.ts';
import type { PlannedTask } from './plan.ts';
import type { RunFolder } from './run-folder.ts';
import { RunningFile } from './running-file.ts';

/** Where a run in a cluster is, so that another command finds it again. */
export interface RunPlace {
  /** Name of the kubeconfig's context; undefined inside a cluster. */
  readonly context?: string | undefined;
  /** Absolute path, when it was named. */
  readonly kubeconfig?: string | undefined;
  readonly namespace: string;
  readonly server: string;
  /** How kubectl is called, when it sent the requests. */
  readonly kubectl?: string | undefined;
}

/** run.json: what a run was, or is. Times are in milliseconds since 1970. */
export interface RunState {
  readonly version: 1;
  readonly pipeline: string;
  readonly run: string;
  readonly engine: string;
  /** The pipeline's file, relative to the root of the project. */
  readonly file?: string | undefined;
  /** For a run in a cluster. */
  readonly cluster?: RunPlace | undefined;
  /** The command that does the run, without `--rerun`. */
  readonly command?: string | undefined;
  readonly parameters: { readonly [name: string]: Scalar };
  readonly status: 'running' | 'succeeded' | 'failed' | 'interrupted';
  readonly started: number;
  readonly ended?: number | undefined;
  /** Of the command, once the run has ended. */
  readonly exitCode?: number | undefined;
  /** All tasks, as the pipeline has them. */
  readonly plan?: readonly PlannedTask[] | undefined;
  /** Those that have ended, in that order; in the pipeline's order once the run has ended. */
  readonly tasks: readonly TaskSummary[];
}

/** A line of attempts.jsonl: an attempt that has ended. Times are in milliseconds since 1970. */
export interface AttemptLine {
  readonly task: string;
  readonly item: string;
  readonly index: number;
  /** From 1, in each run of the runner anew. */
  readonly attempt: number;
  /** Since when it waited for a place to run, where the engine knows it. */
  readonly queued?: number | undefined;
  readonly started: number;
  readonly ended: number;
  readonly node?: string | undefined;
  /** In a cluster. */
  readonly pod?: string | undefined;
  /** GPUs that it held. Default: those of the task's plan. */
  readonly gpus?: number | undefined;
  /** Relative to the folder of the run. It moves to `attempts/` when a retry starts. */
  readonly log: string;
  /** undefined: it succeeded. */
  readonly failure?: Failure | undefined;
  /** Of one that succeeded: what it was made by, as a hash. undefined: nobody knows, as for runs under Argo. */
  readonly fingerprint?: string | undefined;
}

/** Longest that run.json is behind while tasks end. */
const WRITE_MILLISECONDS = 1000;

/** Keeps run.json and attempts.jsonl: the state of a run for `status` and `report`. What is done is told by the logs alone. */
export class RunRecord {
  readonly #folder: RunFolder;
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly #mirror: (state: RunState) => void;
  readonly #attempts: WriteStream;
  readonly #running: RunningFile;
  readonly #tasks: TaskSummary[] = [];
  #state: RunState;
  #writing: Promise<void> = Promise.resolve();
  #cancelWrite: (() => void) | undefined;

  /** `onError` gets a StorageError when a file cannot be written; `mirror` whatever run.json says. */
  constructor(options: {
    readonly folder: RunFolder;
    readonly clock: Clock;
    readonly state: Omit<RunState, 'version' | 'status' | 'tasks' | 'started'>;
    readonly onError: (error: unknown) => void;
    readonly mirror?: (state: RunState) => void;
  }) {
    this.#folder = options.folder;
    this.#clock = options.clock;
    this.#onError = options.onError;
    this.#running = new RunningFile(options.folder.running, options.clock);
    this.#mirror = options.mirror ?? (() => {});
    this.#state = { version: 1, ...options.state, status: 'running', started: options.clock.now(), tasks: this.#tasks };
    this.#attempts = createWriteStream(options.folder.attempts, { flags: 'a' });
    this.#attempts.on('error', (error) => options.onError(new StorageError(options.folder.attempts, error)));
  }

  handle(event: RunEvent): void {
    this.#running.handle(event);
    switch (event.kind) {
      case 'run-started':
        this.#write();
        return;
      case 'item-succeeded':
      case 'item-failed':
        this.#attempts.write(`${JSON.stringify(this.#attemptLine(event))}\n`);
        return;
      case 'task-ended':
        this.#tasks.push(event.summary);
        this.#cancelWrite ??= this.#clock.after(WRITE_MILLISECONDS, () => this.#write());
        return;
      case 'run-ended': {
        const { status, started, ended, tasks } = event.summary;
        this.#state = { ...this.#state, status, started, ended, exitCode: EXIT_CODES[status], tasks };
        this.#write();
        return;
      }
      case 'task-started':
      case 'items-kept':
      case 'items-pending':
      case 'connection':
      case 'item-started':
      case 'interrupted':
        return;
    }
  }

  /** Resolves when everything is written. */
  async close(): Promise<void> {
    this.#cancelWrite?.();
    await this.#writing;
    await this.#running.close();
    if (this.#attempts.closed) return;
    await new Promise<void>((resolve) => this.#attempts.once('close', resolve).end());
  }

  #attemptLine(event: Extract<RunEvent, { kind: 'item-succeeded' | 'item-failed' }>): AttemptLine {
    const { task, item, index, attempt, started, time, place, log } = event;
    const { node, queued, pod } = place ?? {};
    const path = relative(this.#folder.path, log);
    const line = { task, item, index, attempt, queued, started, ended: time, node, pod, log: path };
    return event.kind === 'item-succeeded'
      ? { ...line, fingerprint: event.fingerprint }
      : { ...line, failure: event.failure };
  }

  #write(): void {
    this.#cancelWrite?.();
    this.#cancelWrite = undefined;
    this.#mirror(this.#state);
    this.#writing = this.#writing.then(async () => {
      const path = this.#folder.state;
      try {
        await stored(path, writeFile(`${path}.part`, `${JSON.stringify(this.#state, null, 2)}\n`));
        await stored(path, rename(`${path}.part`, path));
      } catch (error) {
        this.#onError(error);
      }
    });
  }
}
