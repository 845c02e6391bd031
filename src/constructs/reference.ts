import type { Scalar } from '../ir/scalar.ts';
import type { Reference } from '../ir/text.ts';

declare const brand: unique symbol;

/**
 * A value that is known only in the pod: an item, a parameter, an output. It can stand wherever text can, also
 * inside a template literal: `` `--out=/data/${index}` ``. It has no value while the pipeline is built, so doing
 * arithmetic with it throws a TypeError.
 */
export interface Ref<out T> {
  readonly [brand]: T;
  /** A private marker that the compiler turns back into the reference. */
  toString(): string;
  toJSON(): string;
}

/** The items of a batch. As an element of `command` or `args` it becomes one argument for each item. */
export interface RefList<out T> {
  readonly [brand]: readonly T[];
  /** One text: the items with `separator` between them. */
  join(separator: string): Ref<string>;
}

/** What a marker stands for. `owner` is the Items, Task, Pipeline or Mount that it comes from. */
export interface ReferenceRecord {
  readonly reference: Reference;
  readonly owner: object | undefined;
  /** Set for a RefList: it may only stand alone, as an argument. */
  readonly spread: boolean;
}

const OPEN = '\uE000';
const CLOSE = '\uE001';
const MARKER = /\uE000(\d+)\uE001|[\uE000\uE001]/g;

const records: ReferenceRecord[] = [];

class ReferenceHandle {
  readonly #marker: string;

  constructor(record: ReferenceRecord) {
    this.#marker = `${OPEN}${records.length}${CLOSE}`;
    records.push(record);
  }

  toString(): string {
    return this.#marker;
  }

  toJSON(): string {
    return this.#marker;
  }

  [Symbol.toPrimitive](hint: string): string {
    if (hint === 'number') {
      throw new TypeError(
        'a podloom reference has no value while the pipeline is built: it cannot be used in arithmetic',
      );
    }
    return this.#marker;
  }
}

/** Makes a Ref. The type parameter is what the pod will see. */
export function createReference<T extends Scalar>(reference: Reference, owner?: object): Ref<T> {
  return new ReferenceHandle({ reference, owner, spread: false }) as unknown as Ref<T>;
}

/** Makes the list of a batch, or of one field of its items. */
export function createReferenceList<T>(owner: object, field?: string): RefList<T> {
  const handle = new ReferenceHandle({ reference: { kind: 'batch', field, separator: ' ' }, owner, spread: true });
  return Object.assign(handle, {
    join: (separator: string) => createReference<string>({ kind: 'batch', field, separator }, owner),
  }) as unknown as RefList<T>;
}

/**
 * The item as users get it: a Ref for scalar items, an object of Refs for object items. Unknown fields give a Ref too, also
 * of scalars: `undefined` would be left out silently, and types are not checked when pipelines run.
 */
export function createItemReference(owner: object): unknown {
  return fieldProxy(
    (field) => createReference({ kind: 'item', field }, owner),
    createReference({ kind: 'item' }, owner),
  );
}

/** Likewise for batches: a RefList, or an object of RefLists. */
export function createBatchReference(owner: object, fields: readonly string[] | undefined): unknown {
  if (fields === undefined) return createReferenceList(owner);
  return fieldProxy((field) => createReferenceList(owner, field), createReferenceList(owner));
}

function fieldProxy(make: (field: string) => unknown, whole: object): unknown {
  const made = new Map<string, unknown>();
  return new Proxy(whole, {
    get(target, key) {
      // Inside a template literal the object stands for the whole item, which is a diagnostic later on.
      if (typeof key === 'symbol' || key === 'toString' || key === 'toJSON' || key === 'then') {
        const value = Reflect.get(target, key, target);
        return typeof value === 'function' ? value.bind(target) : value;
      }
      let reference = made.get(key);
      if (reference === undefined) {
        reference = make(key);
        made.set(key, reference);
      }
      return reference;
    },
  });
}

export function isReference(value: unknown): value is Ref<Scalar> | RefList<Scalar> {
  return value instanceof ReferenceHandle;
}

/** A piece of a text of the user: plain text, a reference, or a marker that stands for nothing. */
export type TextPiece = string | ReferenceRecord | { readonly damaged: string };

/** Splits a text at its markers. */
export function splitText(text: string): TextPiece[] {
  if (!text.includes(OPEN) && !text.includes(CLOSE)) return text === '' ? [] : [text];
  const pieces: TextPiece[] = [];
  let end = 0;
  for (const match of text.matchAll(MARKER)) {
    if (match.index > end) pieces.push(text.slice(end, match.index));
    end = match.index + match[0].length;
    const record = match[1] === undefined ? undefined : records[Number(match[1])];
    pieces.push(record ?? { damaged: match[0] });
  }
  if (end < text.length) pieces.push(text.slice(end));
  return pieces;
}
