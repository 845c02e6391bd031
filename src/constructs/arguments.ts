/** What TypeScript checks and JavaScript does not, before cdk8s stumbles over it. Throws at the line of the user's `new`. */
export function checkedId(id: unknown, kind: 'pipeline' | 'task'): string {
  if (typeof id === 'string' && id !== '') return id;
  throw new TypeError(`the id of a ${kind} has to be text that is not empty, not ${shown(id)}`);
}

export function checkProps(props: unknown, owner: string): void {
  if (typeof props === 'object' && props !== null && !Array.isArray(props)) return;
  throw new TypeError(`the properties of ${owner} have to be an object, not ${shown(props)}`);
}

function shown(value: unknown): string {
  if (value === null) return 'null';
  if (value === '') return 'an empty text';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' || typeof value === 'function'
    ? `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`
    : String(value);
}
