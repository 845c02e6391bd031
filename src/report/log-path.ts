import type { LogKind } from './model.ts';

/** Where a log is, from the folder of the run; undefined when it is not there. */
export function logPath(task: string, item: string, attempt: number, kind: LogKind): string | undefined {
  switch (kind) {
    case 'none':
      return undefined;
    case 'log':
    case 'err':
      return `${task}/${item}.${kind}`;
    case 'kept':
      return `${task}/attempts/${item}.${attempt}.err`;
  }
}

/** The same as a relative address. `base`: what leads from the page to the folder of the run, empty or ending with `/`. */
export function logAddress(base: string, path: string): string {
  return base + path.split('/').map(encodeURIComponent).join('/');
}
