import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { tailOf } from './tail.ts';

export interface ProcessOptions {
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly cwd?: string | undefined;
}

/**
 * A program of a cluster. Its output goes to `logFile`. It dies with the process that started it, because what enters the cluster
 * asks the kernel for that (`setpriv --pdeathsig`).
 */
export class RigProcess {
  readonly name: string;
  readonly logFile: string;
  readonly #argv: readonly string[];
  readonly #options: ProcessOptions;
  #child: ChildProcess;
  #ended: Promise<string>;
  #wanted = true;

  constructor(name: string, argv: readonly string[], logFile: string, options: ProcessOptions = {}) {
    this.name = name;
    this.logFile = logFile;
    this.#argv = argv;
    this.#options = options;
    [this.#child, this.#ended] = this.#start();
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves, in words, when the program has ended. */
  get ended(): Promise<string> {
    return this.#ended;
  }

  /** `probe`, unless the program ends before: then rejects with its last lines. */
  async until<T>(probe: Promise<T>): Promise<T> {
    const died = this.#ended.then((how) => {
      if (!this.#wanted) return new Promise<never>(() => {});
      throw new Error(`${this.name} ended (${how}) before it was ready:\n${this.tail(30)}`);
    });
    return Promise.race([probe, died]);
  }

  /** Last lines of its output. */
  tail(lines: number): string {
    return tailOf(this.logFile, lines);
  }

  /** Sends a signal (default SIGKILL) and waits for the end. */
  async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.#wanted = false;
    if (this.running) this.#child.kill(signal);
    await this.#ended;
  }

  /** Starts the ended program again, with the same arguments. */
  async restart(): Promise<void> {
    await this.stop();
    this.#wanted = true;
    [this.#child, this.#ended] = this.#start();
  }

  #start(): [ChildProcess, Promise<string>] {
    const log = openSync(this.logFile, 'a');
    const [command, ...args] = this.#argv;
    const child = spawn(command!, args, {
      stdio: ['ignore', log, log],
      cwd: this.#options.cwd,
      env: { ...process.env, ...this.#options.env },
    });
    closeSync(log);
    const ended = new Promise<string>((resolve) => {
      child.on('error', (error) => resolve(error.message));
      child.on('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    return [child, ended];
  }
}
