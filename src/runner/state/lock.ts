import { readFile, rm, writeFile } from 'node:fs/promises';
import { stored } from './item-log.ts';

/**
 * Takes the lock of a run: a file with the number of the process that has it. The lock of a process that is no more is
 * taken over. Returns what gives it back, or the number of the process that holds it.
 */
export async function takeLock(path: string): Promise<(() => Promise<void>) | number> {
  for (;;) {
    try {
      await writeFile(path, `${process.pid}\n`, { flag: 'wx' });
      return () => rm(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return stored(path, Promise.reject(error));
    }
    const holder = await lockHolder(path);
    if (holder !== undefined) return holder;
    await stored(path, rm(path, { force: true }));
  }
}

/** The number of the process that holds a lock and is alive. */
export async function lockHolder(path: string): Promise<number | undefined> {
  const holder = Number(await readFile(path, 'utf8').catch(() => ''));
  return holder > 0 && isAlive(holder) ? holder : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
