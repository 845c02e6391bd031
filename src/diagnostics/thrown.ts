import { inspect } from 'node:util';
import { type Frame, parseStack } from './stack.ts';

/** Errors in a chain of causes that are shown. */
const CAUSES = 5;
const LONGEST = 2000;

/** Whatever was thrown, in words: `TypeError: x is not a function`. Survives values that fight back. */
export function describeThrown(thrown: unknown): string {
  let text: string;
  try {
    if (thrown instanceof Error) text = `${thrown.name}: ${thrown.message}`;
    else text = `${inspect(thrown, { depth: 1, breakLength: Infinity })} was thrown`;
  } catch {
    text = 'a value that cannot be shown was thrown';
  }
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

export function framesOf(thrown: unknown): readonly Frame[] {
  return parseStack(stackOf(thrown));
}

export function stackOf(thrown: unknown): string {
  try {
    const stack: unknown = thrown instanceof Error ? thrown.stack : undefined;
    return typeof stack === 'string' ? stack : '';
  } catch {
    return '';
  }
}

/** The causes of an error, and the errors that an AggregateError gathers. */
export function causesOf(thrown: unknown): readonly unknown[] {
  const causes: unknown[] = [];
  const visit = (error: unknown) => {
    if (!(error instanceof Error)) return;
    const next = [...(error instanceof AggregateError ? (error.errors as unknown[]) : []), error.cause];
    for (const cause of next) {
      if (cause === undefined || causes.length === CAUSES || causes.includes(cause)) continue;
      causes.push(cause);
      visit(cause);
    }
  };
  try {
    visit(thrown);
  } catch {
    // An error with getters that throw: what was found so far is all there is to say.
  }
  return causes;
}
