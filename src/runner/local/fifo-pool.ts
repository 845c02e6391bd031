import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';

/** How many named pipes one call of mkfifo makes. */
const BATCH = 16;

/**
 * Named pipes, used again and again: one takes standard output and error of a process, so that both stay in the order
 * in which they were written. (Two pipes lose the order; Node's own are sockets, which `/dev/stderr` cannot open.)
 */
export class FifoPool {
  readonly #folder: string;
  #free: string[] = [];
  #made = 0;

  /** `folder` exists and belongs to this run alone. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  open(): Pipe {
    const path = this.#free.pop() ?? this.#make();
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = openSync(path, constants.O_WRONLY);
    return new Pipe(reader, writer, (ended) => {
      // One that something still writes to is never given to another process.
      if (ended) this.#free.push(path);
      else rmSync(path, { force: true });
    });
  }

  #make(): string {
    const paths = Array.from({ length: BATCH }, () => join(this.#folder, `pipe-${this.#made++}`));
    execFileSync('mkfifo', ['-m', '600', ...paths]);
    this.#free = paths;
    return this.#free.pop()!;
  }
}

export class Pipe {
  /** File descriptor to write to, for the process. */
  readonly writer: number;
  readonly #reader: Socket;
  /** Whether what reads the output waits for more of it. */
  #waiting = false;

  /** `release` is told whether all writers have closed the pipe. */
  constructor(reader: number, writer: number, release: (ended: boolean) => void) {
    this.writer = writer;
    this.#reader = new Socket({ fd: reader, readable: true, writable: false });
    this.#reader.once('close', () => release(this.#reader.readableEnded));
  }

  /** To be called once, when the process has its own copy: then the end of the process ends the output. */
  closeWriter(): void {
    closeSync(this.writer);
  }

  /** All that is written, until the last writer closes the pipe or it is abandoned. Read it once, to the end. */
  async *output(): AsyncGenerator<Uint8Array> {
    try {
      this.#waiting = true;
      for await (const chunk of this.#reader) {
        this.#waiting = false;
        yield chunk as Uint8Array;
        this.#waiting = true;
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
    }
  }

  /** Stops reading when nothing has come for so long, although someone still has the pipe open. */
  abandonWhenIdle(milliseconds: number): void {
    let seen = -1;
    const timer = setInterval(() => {
      if (this.#waiting && this.#reader.bytesRead === seen) this.#reader.destroy();
      seen = this.#reader.bytesRead;
    }, milliseconds);
    timer.unref();
    this.#reader.once('close', () => clearInterval(timer));
    if (this.#reader.closed) clearInterval(timer);
  }
}
