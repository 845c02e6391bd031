import { execFileSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** A disk of its own for the runs in a folder, small enough to become full. Needs root. */
export class SmallDisk {
  readonly #folder: string;

  /** Undo with `remove`. */
  constructor(folder: string, kibibytes = 2048) {
    this.#folder = folder;
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'tmpfs', folder]);
  }

  /** Leaves no byte free. */
  fill(): void {
    const file = openSync(this.#filler, 'w');
    const block = Buffer.alloc(4096, 'x');
    try {
      for (;;) writeSync(file, block);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      closeSync(file);
    }
  }

  free(): void {
    rmSync(this.#filler);
  }

  remove(): void {
    execFileSync('umount', [this.#folder]);
  }

  get #filler(): string {
    return join(this.#folder, 'filler');
  }
}
