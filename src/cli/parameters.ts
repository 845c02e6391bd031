import { UsageError } from './usage-error.ts';

/** `-p name=value`, each. */
export function parseParameters(words: readonly string[]): { readonly [name: string]: string } {
  return Object.fromEntries(
    words.map((word) => {
      const equals = word.indexOf('=');
      if (equals < 1) throw new UsageError(`-p ${JSON.stringify(word)} is not a parameter`, 'Write -p name=value.');
      return [word.slice(0, equals), word.slice(equals + 1)];
    }),
  );
}
