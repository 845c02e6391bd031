import { isAbsolute, relative } from 'node:path';
import type { SourceLocation } from '../location.ts';

/** Path relative to the project root with `/`; a file outside of it keeps its absolute path. */
export function pathFrom(root: string, file: string): string {
  const path = relative(root, file);
  return path === '' || path === '..' || /^\.\.[\\/]/.test(path) || isAbsolute(path)
    ? file
    : path.replaceAll('\\', '/');
}

/** `pipelines/a.ts:12:7` */
export function placeFrom(root: string, { file, line, column }: SourceLocation): string {
  return `${pathFrom(root, file)}:${line}:${column}`;
}
