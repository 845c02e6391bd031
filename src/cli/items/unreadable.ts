import { closeSync, openSync, readSync } from 'node:fs';

const reasons: { readonly [code: string]: string } = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
};

/** Why a file cannot be read; undefined: it can. */
export function unreadable(file: string): string | undefined {
  try {
    const handle = openSync(file, 'r');
    try {
      readSync(handle, Buffer.alloc(1));
      return undefined;
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    return reasons[code] ?? code;
  }
}
