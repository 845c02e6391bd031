import { InvalidArgumentError, Option } from 'commander';

/** `--name <value>` where the value is one of a few words. Commander lists them when another is given. */
export function choice(flags: string, description: string, values: readonly string[], fallback?: string): Option {
  const option = new Option(flags, description).choices(values);
  return fallback === undefined ? option : option.default(fallback);
}

export function positiveInteger(text: string): number {
  if (!/^[0-9]{1,9}$/.test(text) || Number(text) === 0)
    throw new InvalidArgumentError('It has to be a whole number from 1.');
  return Number(text);
}

/** Gathers an option that may be given several times. */
export function several(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}
