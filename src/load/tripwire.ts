import module from 'node:module';
import { parseStack } from '../diagnostics/stack.ts';
import type { Finding } from './finding.ts';
import { type Family, globalReads, moduleReads, type Reads } from './reads.ts';

/** More reads of one family than this are not looked at: the message is there, and a loop must not become slow. */
const ENOUGH = 1000;
const FRAMES = 8;

// biome-ignore lint/complexity/noBannedTypes: functions of any shape are wrapped here
type AnyFunction = Function;
type Record = { [key: PropertyKey]: unknown };

/**
 * While it is set, reads of clock, randomness, environment, network, subprocesses and facts of the machine by the
 * user's own code are reported; the calls still work. A read is the user's when the frame that calls it is:
 * calls from packages and from Node itself are not. References that user code keeps are silent once it is released.
 */
export class Tripwire {
  readonly #report: (finding: Finding) => void;
  readonly #undo: (() => void)[] = [];
  readonly #patched = new Set<string>();
  readonly #counts = new Map<Family, number>();
  #armed = true;

  constructor(report: (finding: Finding) => void) {
    this.#report = report;
    this.#patch(globalThis as Record, globalReads, '');
    this.#patchDate();
    this.#patchEnvironment();
  }

  /** To be called before user code imports a built-in module: patches what it exports. `name` is without `node:`. */
  builtin(name: string): void {
    const owner = name === 'dns/promises' ? 'dns' : name;
    const reads = moduleReads[owner];
    if (reads !== undefined && !this.#patched.has(owner)) {
      this.#patched.add(owner);
      this.#patch(process.getBuiltinModule(owner) as unknown as Record, reads, `${owner}.`);
    }
    if (reads !== undefined || name === 'process') module.syncBuiltinESMExports();
  }

  release(): void {
    this.#armed = false;
    for (const undo of this.#undo.reverse()) undo();
    module.syncBuiltinESMExports();
  }

  #patch(root: Record, reads: Reads, prefix: string): void {
    // Longer paths last, so that `hrtime.bigint` is put on the wrapper of `hrtime`.
    for (const [path, family] of Object.entries(reads).sort(([a], [b]) => a.length - b.length)) {
      const names = path.split('.');
      const name = names.pop() as string;
      const holder = names.reduce<Record | undefined>((value, key) => value?.[key] as Record | undefined, root);
      const original = holder?.[name];
      if (typeof original !== 'function') continue;
      this.#replace(holder as Record, name, this.#wrap(original, family, `${prefix}${path}()`));
    }
  }

  /** An own property for the time being, also where the original is inherited. */
  #replace(holder: Record, name: string, value: unknown): void {
    const before = Object.getOwnPropertyDescriptor(holder, name);
    if (before?.configurable === false) return;
    Object.defineProperty(holder, name, {
      value,
      writable: true,
      configurable: true,
      enumerable: before?.enumerable ?? true,
    });
    this.#undo.push(() => {
      if (before === undefined) delete holder[name];
      else Object.defineProperty(holder, name, before);
    });
  }

  /** Not a Proxy: what util.promisify finds under a symbol cannot be changed on one. */
  #wrap(original: AnyFunction, family: Family, call: string): AnyFunction {
    const trip = (below: AnyFunction) => this.#trip(family, call, below);
    function wrapper(this: unknown, ...args: unknown[]): unknown {
      trip(wrapper);
      return Reflect.apply(original, this, args);
    }
    for (const key of Reflect.ownKeys(original)) {
      if (key === 'prototype') continue;
      const value: unknown = Reflect.get(original, key);
      const own = typeof key === 'symbol' && typeof value === 'function' ? this.#wrap(value, family, call) : value;
      Object.defineProperty(wrapper, key, { value: own, writable: true, configurable: true });
    }
    return wrapper;
  }

  #patchDate(): void {
    const trip = (call: string, below: AnyFunction) => this.#trip('clock', call, below);
    const patched = new Proxy(Date, {
      apply: function apply(target, self, args) {
        trip('Date()', apply);
        return Reflect.apply(target, self, args);
      },
      construct: function construct(target, args, newTarget) {
        if (args.length === 0) trip('new Date()', construct);
        return Reflect.construct(target, args, newTarget) as object;
      },
    });
    this.#replace(globalThis as Record, 'Date', patched);
  }

  #patchEnvironment(): void {
    const trip = (call: string, below: AnyFunction) => this.#trip('environment', call, below);
    const key = (name: string | symbol) =>
      typeof name === 'symbol' || /^[\w$]+$/.test(name) ? `.${String(name)}` : `[${JSON.stringify(name)}]`;
    const patched = new Proxy(process.env, {
      get: function get(target, name) {
        if (typeof name === 'string') trip(`process.env${key(name)}`, get);
        return Reflect.get(target, name);
      },
      // Without a receiver: a define on process.env takes complete descriptors only.
      set: (target, name, value) => Reflect.set(target, name, value),
      has: function has(target, name) {
        trip(`process.env${key(name)}`, has);
        return Reflect.has(target, name);
      },
      ownKeys: function ownKeys(target) {
        trip('process.env', ownKeys);
        return Reflect.ownKeys(target);
      },
    });
    this.#replace(process as unknown as Record, 'env', patched);
  }

  #trip(family: Family, call: string, below: AnyFunction): void {
    if (!this.#armed) return;
    const count = this.#counts.get(family) ?? 0;
    if (count >= ENOUGH) return;
    const limit = Error.stackTraceLimit;
    const trace: { stack?: string } = {};
    Error.stackTraceLimit = FRAMES;
    Error.captureStackTrace(trace, below);
    Error.stackTraceLimit = limit;
    const frames = parseStack(trace.stack ?? '');
    if (frames[0]?.owner !== 'user') return;
    this.#counts.set(family, count + 1);
    const callers = frames.slice(1).filter((frame) => frame.owner === 'user');
    this.#report({ family, call, location: frames[0].location, callers: callers.map((frame) => frame.location) });
  }
}
