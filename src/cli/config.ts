import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Collector } from '../diagnostics/collector.ts';
import type { TargetName } from '../ir/bundle.ts';
import { didYouMean } from '../units/suggest.ts';
import { targetNames } from './target-names.ts';

/** The default export of `podloom.config.ts`. Paths start at the project root. */
export interface Config {
  /** Folders of pipeline files, or files. Default `pipelines`. */
  readonly pipelines?: string | readonly string[] | undefined;
  /** Output folder. Default `dist`. */
  readonly out?: string | undefined;
  /** Default: all. */
  readonly targets?: readonly TargetName[] | undefined;
  /** File with the profile of the cluster. */
  readonly profile?: string | undefined;
  /** Folder of runs. Default `runs`. */
  readonly logdir?: string | undefined;
}

const names = ['ts', 'mts', 'js', 'mjs'].map((ending) => `podloom.config.${ending}`);

export function findConfig(folder: string): string | undefined {
  return names.map((name) => join(folder, name)).find((path) => existsSync(path));
}

/** Runs the configuration file. What is wrong with it is reported; then the result is empty. */
export async function readConfig(file: string, diagnostics: Collector): Promise<Config> {
  const location = { file, line: 1, column: 1 };
  try {
    const module = (await import(pathToFileURL(file).href)) as { readonly default?: unknown };
    const problem = problemOf(module.default);
    if (problem === undefined) return module.default as Config;
    diagnostics.report('PL335', problem, { location });
  } catch (error) {
    diagnostics.report(
      'PL335',
      { problem: `it does not load: ${messageOf(error)}`, fix: 'Correct the code of the file.' },
      { location },
    );
  }
  return {};
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isList = (value: unknown, test: (element: unknown) => boolean): boolean =>
  Array.isArray(value) && value.length > 0 && value.every(test);

const fields: { readonly [field in keyof Config]-?: readonly [test: (value: unknown) => boolean, expected: string] } = {
  pipelines: [(value) => isText(value) || isList(value, isText), 'a path or a list of paths'],
  out: [isText, 'a path'],
  targets: [
    (value) => isList(value, (element) => (targetNames as readonly unknown[]).includes(element)),
    `a list of ${targetNames.map((name) => JSON.stringify(name)).join(' and ')}`,
  ],
  profile: [isText, 'a path'],
  logdir: [isText, 'a path'],
};

interface Problem {
  readonly problem: string;
  readonly fix: string;
}

function problemOf(config: unknown): Problem | undefined {
  if (typeof config !== 'object' || config === null)
    return { problem: 'it has no default export with settings', fix: 'Write `export default { … };`.' };
  const known = Object.keys(fields);
  for (const [name, value] of Object.entries(config)) {
    if (!Object.hasOwn(fields, name))
      return {
        problem: `there is no setting ${JSON.stringify(name)}`,
        fix: didYouMean(name, known, `Settings are ${known.join(', ')}.`),
      };
    const [test, expected] = fields[name as keyof Config];
    if (value !== undefined && !test(value))
      return { problem: `${JSON.stringify(name)} is not ${expected}`, fix: `Make it ${expected}.` };
  }
  return undefined;
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] as string;
}
