import { isNamedObject, isObject } from '../foreign.ts';
import { isReference } from '../reference.ts';
import { describe } from './describe.ts';

/** Where what is wrong with a value is told. `path` is how the user wrote it: `retries.backoff.base`. */
export interface ShapeReport {
  wrong(path: string, found: string, wanted: string): void;
  unknown(path: string, name: string, known: readonly string[]): void;
}

/** What a value that comes from user code has to be: types are not checked when pipelines run, and JavaScript has none. */
export interface Shape {
  /** Completes "it has to be …". */
  readonly wanted: string;
  /** Whether a value is of this kind at all, whatever is in it. */
  fits(value: unknown): boolean;
  /** A copy of a value that fits; what is wrong in it is reported and left out. */
  copy(value: unknown, path: string, report: ShapeReport): unknown;
}

/** The value as the shape has it, or undefined and a diagnostic. */
export function read(shape: Shape, value: unknown, path: string, report: ShapeReport): unknown {
  if (value === undefined) return undefined;
  if (shape.fits(value)) return shape.copy(value, path, report);
  report.wrong(path, describe(value), shape.wanted);
  return undefined;
}

export function passes(wanted: string, fits: (value: unknown) => boolean): Shape {
  return { wanted, fits, copy: (value) => value };
}

/** What the code that lowers it looks at by itself. */
export const anything = passes('a value', () => true);
export const text = passes('text', (value) => typeof value === 'string');
export const number = passes('a number', (value) => typeof value === 'number');
export const flag = passes('true or false', (value) => typeof value === 'boolean');
export const name = passes(
  'a name, or an object of cdk8s-plus that has one',
  (value) => typeof value === 'string' || isNamedObject(value),
);

export function oneOf(...words: readonly string[]): Shape {
  const quoted = words.map((word) => `'${word}'`);
  return passes(`${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`, (value) =>
    (words as readonly unknown[]).includes(value),
  );
}

export function list(element: Shape, wanted = `a list, each ${element.wanted}`): Shape {
  return {
    wanted,
    fits: (value) => Array.isArray(value),
    copy: (value, path, report) =>
      Array.from(value as readonly unknown[], (each, index) => {
        const at = `${path}[${index}]`;
        if (each === undefined) report.wrong(at, describe(each), element.wanted);
        return read(element, each, at, report);
      }).filter((each) => each !== undefined),
  };
}

/** An object whose keys are the user's own. */
export function record(element: Shape, wanted = `an object, each value ${element.wanted}`): Shape {
  return {
    wanted,
    fits: isPlain,
    copy: (value, path, report) =>
      Object.fromEntries(
        Object.entries(value as object).flatMap(([key, each]) => {
          const known = read(element, each, `${path}.${key}`, report);
          return known === undefined ? [] : [[key, known]];
        }),
      ),
  };
}

/** An object with these fields and no others. `needed` are those that it cannot be without. */
export function fields(
  shapes: Readonly<Record<string, Shape>>,
  { wanted, needed = [] }: { readonly wanted: string; readonly needed?: readonly string[] },
): Shape {
  const known = Object.keys(shapes);
  return {
    wanted,
    fits: isPlain,
    copy: (value, path, report) => {
      const given = value as Readonly<Record<string, unknown>>;
      const prefix = path === '' ? '' : `${path}.`;
      for (const key of Object.keys(given)) {
        if (!Object.hasOwn(shapes, key) && given[key] !== undefined) report.unknown(`${prefix}${key}`, key, known);
      }
      const copied: Record<string, unknown> = {};
      for (const key of known) {
        const shape = shapes[key] as Shape;
        const each = given[key];
        if (each === undefined && needed.includes(key)) report.wrong(`${prefix}${key}`, 'undefined', shape.wanted);
        const copy = read(shape, each, `${prefix}${key}`, report);
        if (copy !== undefined) copied[key] = copy;
      }
      return needed.every((key) => Object.hasOwn(copied, key)) ? copied : undefined;
    },
  };
}

/** The first of these that fits. */
export function either(wanted: string, ...shapes: readonly Shape[]): Shape {
  const find = (value: unknown) => shapes.find((shape) => shape.fits(value));
  return {
    wanted,
    fits: (value) => find(value) !== undefined,
    copy: (value, path, report) => find(value)?.copy(value, path, report),
  };
}

/** JSON, for what goes into manifests as it is. */
export const json: Shape = {
  wanted: 'an object of JSON values',
  fits: isPlain,
  copy: (value, path, report) => copyJson(value, path, report, []),
};

function copyJson(value: unknown, path: string, report: ShapeReport, above: readonly unknown[]): unknown {
  const wrong = (found: string) => void report.wrong(path, found, 'a JSON value: text, a finite number, a list, …');
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : wrong(describe(value));
  if (above.includes(value)) return wrong('an object that holds itself');
  const inside = [...above, value];
  if (Array.isArray(value)) return value.map((each, index) => copyJson(each, `${path}[${index}]`, report, inside));
  if (!isPlain(value)) return wrong(describe(value));
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(entries.map(([key, each]) => [key, copyJson(each, `${path}.${key}`, report, inside)]));
}

/** An object that is used as a record: no list, no Map, no Date, no Promise, and no reference. */
function isPlain(value: unknown): value is Record<string, unknown> {
  return isObject(value) && !isReference(value) && Object.prototype.toString.call(value) === '[object Object]';
}
