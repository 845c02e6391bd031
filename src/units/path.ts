/** What is wrong with the path at which a volume is mounted (absolute, clean, without `:`), if anything. */
export function mountPathProblem(path: string): string | undefined {
  if (!path.startsWith('/')) return 'is not absolute: it has to start with "/"';
  if (path === '/') return 'is the root folder: a volume there would hide the whole image';
  if (path.includes(':')) return 'has a ":", which Kubernetes does not allow in mount paths';
  return cleanProblem(path.slice(1));
}

/** What is wrong with a path below a volume (relative, clean, never above it), if anything. */
export function relativePathProblem(path: string): string | undefined {
  if (path === '') return 'is empty';
  if (path.startsWith('/')) return 'is absolute: it has to be relative to the volume';
  return cleanProblem(path);
}

function cleanProblem(path: string): string | undefined {
  if (/[\0-\x1f\x7f]/.test(path)) return 'has a control character';
  const parts = path.split('/');
  if (parts.includes('..')) return 'has a ".." in it';
  if (parts.includes('.') || parts.includes('')) return 'is not clean: no ".", no "//" and no "/" at its end';
  return undefined;
}
