import type { Json } from '../../ir/scalar.ts';
import { isObject, type Path } from '../path.ts';
import { PLACEHOLDER } from '../placeholder.ts';

/** Reports what is wrong at a path. `problem` completes "spec.x …". */
export type Tell = (path: Path, problem: string) => void;

/** A place in an object that may be there or not, of the kind that the schema says: rules run only where it is kept. */
export class Place {
  readonly value: Json | undefined;
  readonly path: Path;
  readonly #tell: Tell;

  constructor(value: Json | undefined, path: Path, tell: Tell) {
    this.value = value;
    this.path = path;
    this.#tell = tell;
  }

  at(key: string): Place {
    const value = isObject(this.value) ? this.value[key] : undefined;
    return new Place(value ?? undefined, [...this.path, key], this.#tell);
  }

  /** The elements of a list; of anything else none. */
  get items(): readonly Place[] {
    if (!Array.isArray(this.value)) return [];
    return this.value.map((item: Json, index) => new Place(item, [...this.path, index], this.#tell));
  }

  /** The fields of an object that are there; of anything else none. */
  get fields(): readonly (readonly [key: string, place: Place])[] {
    if (!isObject(this.value)) return [];
    return Object.keys(this.value)
      .filter((key) => (this.value as { [key: string]: Json })[key] !== null)
      .map((key) => [key, this.at(key)]);
  }

  has(key: string): boolean {
    return this.at(key).value !== undefined;
  }

  /** undefined also for what Argo fills in. */
  get text(): string | undefined {
    const { value } = this;
    return typeof value !== 'string' || value.includes(PLACEHOLDER) || value.includes('{{') ? undefined : value;
  }

  get number(): number | undefined {
    return typeof this.value === 'number' ? this.value : undefined;
  }

  refuse(problem: string): void {
    this.#tell(this.path, problem);
  }

  /** A number that is there lies between these, both included. */
  between(least: number, most: number): void {
    const { number } = this;
    if (number === undefined || (number >= least && number <= most)) return;
    const rule = most === Number.POSITIVE_INFINITY ? `at least ${least}` : `from ${least} to ${most}`;
    this.refuse(`is ${number}, and has to be ${rule}`);
  }

  /** A text that is there passes the test. `rule` completes "has to be …". */
  fits(test: (text: string) => boolean, rule: string): void {
    const { text } = this;
    if (text !== undefined && !test(text)) this.refuse(`is ${JSON.stringify(text)}, and has to be ${rule}`);
  }

  /** Exactly one of these fields is there, or with `optional` at most one. */
  oneOf(keys: readonly string[], { optional = false }: { readonly optional?: boolean } = {}): void {
    const found = keys.filter((key) => this.has(key));
    if (found.length > 1) this.refuse(`has ${found.join(' and ')}, and only one of them can be`);
    if (found.length === 0 && !optional) this.refuse(`has none of ${keys.join(', ')}`);
  }

  /** No two elements have the same value of this field, or of all these fields. */
  unique(...keys: readonly string[]): void {
    const seen = new Set<string>();
    for (const item of this.items) {
      const values = keys.map((key) => item.at(key));
      if (values.some(({ text, number }) => text === undefined && number === undefined)) continue;
      const id = JSON.stringify(values.map(({ value }) => value));
      if (seen.has(id)) (values[0] as Place).refuse(`is ${JSON.stringify(values[0]?.value)} a second time`);
      seen.add(id);
    }
  }
}
