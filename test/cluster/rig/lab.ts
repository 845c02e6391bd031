import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ProcessOptions, RigProcess } from './process.ts';
import { buildProgram, type ProgramName } from './programs.ts';

/** How a process is tied to the one that started it: the kernel kills it when that ends, however it ends. */
const TIED = ['setpriv', '--pdeathsig', 'KILL', '--'];

/** A cluster that is brought up: one folder, programs and processes, and what has to be undone. */
export class Lab {
  /** The only folder of the cluster: configuration, data, logs. */
  readonly folder: string;
  readonly log: (line: string) => void;
  readonly processes = new Map<string, RigProcess>();
  readonly #undo: (() => Promise<void> | void)[] = [];
  #prefix: readonly string[] = TIED;

  constructor(log: (line: string) => void, folder = mkdtempSync(join(tmpdir(), 'podloom-cluster-'))) {
    this.log = log;
    this.folder = folder;
    mkdirSync(join(folder, 'logs'), { recursive: true });
    this.onStop(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  }

  /** Path in the folder. */
  path(...parts: string[]): string {
    return join(this.folder, ...parts);
  }

  program(name: ProgramName): Promise<string> {
    return buildProgram(name, this.log);
  }

  /** From now on processes run in other namespaces: `prefix` is the command that enters them, such as `nsenter … --`. */
  enter(prefix: readonly string[]): void {
    this.#prefix = [...prefix, ...TIED];
  }

  /** The command line that runs `argv` in the cluster's namespaces. */
  inside(argv: readonly string[]): string[] {
    return [...this.#prefix, ...argv];
  }

  /** Starts a program of the cluster. Its log is `logs/<name>.log`. It is ended with the cluster. */
  start(name: string, argv: readonly string[], options: ProcessOptions = {}): RigProcess {
    const child = new RigProcess(name, this.inside(argv), this.path('logs', `${name}.log`), options);
    this.processes.set(name, child);
    this.onStop(() => child.stop());
    return child;
  }

  /** Runs a short command in the cluster's namespaces: resolves with its output, rejects with its errors. */
  run(argv: readonly string[], options: ProcessOptions = {}): Promise<string> {
    const [command, ...args] = this.inside(argv);
    const env = { ...process.env, ...options.env };
    return new Promise((resolve, reject) => {
      execFile(command!, args, { env, cwd: options.cwd, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(`${argv.join(' ')}: ${error.message.split('\n', 1)[0]}\n${stdout}${stderr}`));
      });
    });
  }

  /** Undone in the reverse order when the cluster stops. */
  onStop(undo: () => Promise<void> | void): void {
    this.#undo.push(undo);
  }

  /** Ends everything. Goes on after a step that fails, and rejects with the first error at the end. */
  async stop(): Promise<void> {
    const errors: unknown[] = [];
    for (let undo = this.#undo.pop(); undo !== undefined; undo = this.#undo.pop()) {
      try {
        await undo();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}
