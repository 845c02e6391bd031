/**
 * What to do about a module in which no pipeline was made, judged by what it exports; undefined when it passes on the
 * pipeline of another module.
 */
export function noPipelineFix(namespace: object, pipelines: ReadonlySet<unknown>): string | undefined {
  const exported = Object.entries(Object.getOwnPropertyDescriptors(namespace)).map(
    ([name, { value }]) => [name, value as unknown] as const,
  );
  if (exported.some(([, value]) => pipelines.has(value))) return undefined;
  const promise = exported.find(([, value]) => value instanceof Promise);
  if (promise !== undefined) return `await what makes ${promise[0]}: podloom does not wait for exported promises`;
  const callable = exported.find(([, value]) => typeof value === 'function');
  if (callable !== undefined) {
    const name = callable[0] === 'default' ? 'the exported function' : callable[0];
    return isClass(callable[1])
      ? `make an object of ${callable[0] === 'default' ? 'the exported class' : name} at the top level of the file: podloom does not do it`
      : `call ${name} at the top level of the file: podloom does not call what a file exports`;
  }
  return 'write `new Pipeline(app, …)` in it; helpers for other files belong into a subfolder or outside of pipelines/';
}

function isClass(value: unknown): boolean {
  return Function.prototype.toString.call(value).startsWith('class');
}
