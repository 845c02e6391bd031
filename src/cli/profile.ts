import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Collector } from '../diagnostics/collector.ts';
import { defaultProfile, type Profile } from '../ir/profile.ts';
import type { Workspace } from './workspace.ts';

/** The file of the profile: the one of the command line, else that of the configuration, if any. */
export function profileFileOf(
  cwd: string,
  { root, config }: Workspace,
  option: string | undefined,
): string | undefined {
  if (option !== undefined) return resolve(cwd, option);
  return config.profile === undefined ? undefined : resolve(root, config.profile);
}

/** The profile of the cluster from a YAML or JSON file. Without a file: the default one. Problems are reported. */
export async function readProfile(
  file: string | undefined,
  shownFile: string,
  diagnostics: Collector,
): Promise<Profile> {
  if (file === undefined) return defaultProfile;
  const report = (problem: string, line = 1, column = 1): Profile => {
    diagnostics.report('PL334', { file: shownFile, problem }, { location: { file, line, column } });
    return defaultProfile;
  };
  let source: string;
  try {
    source = readFileSync(file, 'utf8');
  } catch (error) {
    diagnostics.report(
      'PL334',
      { file: shownFile, problem: (error as Error).message.replace(/, \w+( '.*)?$/s, '') },
      { subject: shownFile },
    );
    return defaultProfile;
  }
  const { parseDocument } = await import('yaml');
  const document = parseDocument(source);
  const [error] = document.errors;
  if (error !== undefined)
    return report(
      error.message.split('\n', 1)[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? 'not YAML',
      error.linePos?.[0].line,
      error.linePos?.[0].col,
    );
  const { parseProfile } = await import('../ir/schema.ts');
  let value: unknown;
  try {
    value = document.toJS();
  } catch (error) {
    return report((error as Error).message); // aliases that lead nowhere, or to millions of values
  }
  const parsed = parseProfile(value ?? {}, defaultProfile);
  return parsed.ok ? parsed.value : report(parsed.problem);
}
