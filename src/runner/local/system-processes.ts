import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { FifoPool } from './fifo-pool.ts';
import { Guardian } from './guardian.ts';
import type { ProcessEnd, Processes, ProcessSpec, RunningProcess } from './processes.ts';

/** Milliseconds without output after which a pipe is given up whose group was killed: a process that left its group has it. */
const STRAGGLER_MILLISECONDS = 2000;

/** The processes of this machine (POSIX). `folder`: private, for named pipes; its owner removes it. */
export class SystemProcesses implements Processes {
  readonly #pipes: FifoPool;
  readonly #guardian = new Guardian();
  readonly #groups = new Map<number, Promise<ProcessEnd>>();

  constructor(folder: string) {
    this.#pipes = new FifoPool(folder);
  }

  start({ argv, environment, cwd }: ProcessSpec): RunningProcess {
    const pipe = this.#pipes.open();
    let child: ChildProcess;
    try {
      const stdio = ['ignore', pipe.writer, pipe.writer] as const;
      child = spawn(argv[0]!, argv.slice(1), { cwd, env: environment, stdio: [...stdio], detached: true });
    } catch (error) {
      return { output: pipe.output(), ended: Promise.resolve(errorEnd(error)), signal: () => {} };
    } finally {
      pipe.closeWriter();
    }
    const ended = endOf(child);
    const { pid } = child;
    if (pid === undefined) return { output: pipe.output(), ended, signal: () => {} };
    this.#guardian.add(pid);
    const cleaned = ended.then((end) => {
      signalGroup(pid, 'SIGKILL');
      this.#guardian.remove(pid);
      this.#groups.delete(pid);
      pipe.abandonWhenIdle(STRAGGLER_MILLISECONDS);
      return end;
    });
    this.#groups.set(pid, cleaned);
    return { output: pipe.output(), ended: cleaned, signal: (signal) => signalGroup(pid, signal) };
  }

  freePort(): Promise<number> {
    const server = createServer();
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
      });
    });
  }

  async close(): Promise<void> {
    for (const pid of this.#groups.keys()) signalGroup(pid, 'SIGKILL');
    await Promise.all(this.#groups.values());
    await this.#guardian.close();
  }
}

function endOf(child: ChildProcess): Promise<ProcessEnd> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(errorEnd(error)));
    child.once('exit', (code, signal) =>
      resolve(signal === null ? { kind: 'exit', code: code! } : { kind: 'signal', signal }),
    );
  });
}

function errorEnd(error: unknown): ProcessEnd {
  const { code = 'unknown', message } = error as NodeJS.ErrnoException;
  return { kind: 'error', code, message };
}

/** A group that has ended is no error. */
function signalGroup(group: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(-group, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH' && (error as NodeJS.ErrnoException).code !== 'EPERM')
      throw error;
  }
}
