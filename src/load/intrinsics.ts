/** Held here, because user code may change the originals. Loops below use neither iterators nor methods of lists. */
const { defineProperty, deleteProperty, getOwnPropertyDescriptor, ownKeys } = Reflect;
const { is } = Object;

const names = [
  ...['Object', 'Function', 'Array', 'String', 'Number', 'Boolean', 'Symbol', 'BigInt', 'Math', 'JSON', 'Reflect'],
  ...['Map', 'Set', 'WeakMap', 'WeakSet', 'Promise', 'Proxy', 'RegExp', 'Error', 'TypeError', 'RangeError'],
] as const;

interface Known {
  readonly name: string;
  readonly owner: object;
  readonly keys: readonly PropertyKey[];
  readonly descriptors: readonly PropertyDescriptor[];
  /** What is added here turns up in every object of the process. */
  readonly closed: boolean;
}

/**
 * The built-in objects as they were before user code ran. podloom, cdk8s and Node's own library run in the same process and
 * depend on them. Polyfills, which add what is missing, are let be.
 */
export class Intrinsics {
  readonly #known: Known[] = [];

  constructor() {
    this.#remember('globalThis', globalThis, names);
    for (const name of names) {
      const owner = globalThis[name];
      this.#remember(name, owner);
      if ('prototype' in owner) this.#remember(`${name}.prototype`, owner.prototype as object);
    }
  }

  /** Puts back what was changed or taken away, and returns its names: `Array.prototype.map`. */
  restore(): readonly string[] {
    const changed: string[] = [];
    for (let at = 0; at < this.#known.length; at++) restoreOwner(this.#known[at] as Known, changed);
    return changed;
  }

  #remember(name: string, owner: object, only?: readonly PropertyKey[]): void {
    // Programs set these two to see more of a stack; that is their right.
    const keys = (only ?? ownKeys(owner)).filter((key) => key !== 'stackTraceLimit' && key !== 'prepareStackTrace');
    const descriptors = keys.map((key) => getOwnPropertyDescriptor(owner, key) as PropertyDescriptor);
    this.#known.push({ name, owner, keys, descriptors, closed: name === 'Object.prototype' });
  }
}

function restoreOwner({ name, owner, keys, descriptors, closed }: Known, changed: string[]): void {
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at] as PropertyKey;
    const before = descriptors[at] as PropertyDescriptor;
    const now = getOwnPropertyDescriptor(owner, key);
    if (now !== undefined && is(now.value, before.value) && now.get === before.get && now.set === before.set) continue;
    defineProperty(owner, key, before);
    changed[changed.length] = nameOf(name, key);
  }
  if (name === 'Error') deleteProperty(owner, 'prepareStackTrace');
  if (!closed) return;
  const now = ownKeys(owner);
  for (let at = 0; at < now.length; at++) {
    const key = now[at] as PropertyKey;
    if (isAmong(key, keys)) continue;
    deleteProperty(owner, key);
    changed[changed.length] = nameOf(name, key);
  }
}

function isAmong(key: PropertyKey, keys: readonly PropertyKey[]): boolean {
  for (let at = 0; at < keys.length; at++) if (keys[at] === key) return true;
  return false;
}

function nameOf(owner: string, key: PropertyKey): string {
  if (typeof key === 'symbol') return `${owner}[${key.description}]`;
  return owner === 'globalThis' ? `${key}` : `${owner}.${key}`;
}
