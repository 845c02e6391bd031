import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { Collector } from '../../diagnostics/collector.ts';
import type { Profile } from '../../ir/profile.ts';
import { ExitCode } from '../exit-code.ts';
import type { Ports } from '../ports.ts';
import { profileFileOf, readProfile } from '../profile.ts';
import { Progress } from '../progress.ts';
import { type DiagnosticOptions, reportDiagnostics } from '../report.ts';
import { UsageError } from '../usage-error.ts';
import { openWorkspace, shown } from '../workspace.ts';

export interface ValidateOptions extends DiagnosticOptions {
  readonly profile?: string | undefined;
  readonly json?: true | undefined;
}

/** `podloom validate [files…]`: each manifest against the schemas, in process and with kubeconform. */
export async function validate(ports: Ports, words: readonly string[], options: ValidateOptions): Promise<number> {
  const diagnostics = new Collector();
  const progress = new Progress(ports.stderr);
  const workspace = await openWorkspace(ports.cwd, diagnostics);
  const { root, config } = workspace;
  const profileFile = profileFileOf(ports.cwd, workspace, options.profile);
  const profile = await readProfile(profileFile, shown(root, profileFile ?? root), diagnostics);
  if (diagnostics.hasErrors) {
    await reportDiagnostics(ports, diagnostics, root, options, options.json);
    return ExitCode.badInput;
  }
  const files =
    words.length === 0
      ? manifestsIn(resolve(root, config.out ?? 'dist'), shown(root, resolve(root, config.out ?? 'dist')))
      : words.flatMap((word) => manifestsIn(resolve(ports.cwd, word), word));
  progress.stage(`Checking ${count(files.length, 'file')}`);
  const { checked, unknownKinds } = await checkTexts(ports, files, profile, diagnostics);
  progress.stage('Running kubeconform');
  const second = await ports.toolchain.kubeconform(files, diagnostics);
  progress.done();
  await reportDiagnostics(ports, diagnostics, root, options, options.json);
  if (options.json)
    ports.stdout.write(
      `${JSON.stringify({ files: files.map((file) => shown(root, file)), objects: checked, unknownKinds, kubeconform: second, valid: !diagnostics.hasErrors }, null, 2)}\n`,
    );
  if (unknownKinds.length > 0)
    ports.stderr.write(`Not checked, because there is no schema: ${unknownKinds.join(', ')}.\n`);
  ports.stderr.write(
    'unavailable' in second
      ? `Not checked a second time: ${second.unavailable}\n`
      : `kubeconform: ${count(second.documents, 'document')} checked.\n`,
  );
  const verdict = diagnostics.hasErrors ? 'not valid' : 'valid';
  ports.stderr.write(
    `${count(checked, 'object')} in ${count(files.length, 'file')}: ${verdict} for Kubernetes ${profile.kubernetes} and Argo ${profile.argo}.\n`,
  );
  return diagnostics.hasErrors ? ExitCode.failed : ExitCode.ok;
}

async function checkTexts(
  ports: Ports,
  files: readonly string[],
  profile: Profile,
  diagnostics: Collector,
): Promise<{ checked: number; unknownKinds: string[] }> {
  const unknown = new Set<string>();
  let checked = 0;
  for (const file of files) {
    const result = await ports.toolchain.validateText(file, readManifests(file), profile, diagnostics);
    checked += result.checked;
    for (const kind of result.unknownKinds) unknown.add(kind);
  }
  return { checked, unknownKinds: [...unknown].sort() };
}

function readManifests(file: string): string {
  return reading(file, () => readFileSync(file, 'utf8'));
}

/** What the system refuses is the fault of the command line. */
function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`cannot read ${JSON.stringify(path)}: ${code}`, 'Name YAML files that you may read.');
  }
}

/** A file, or the YAML files of a folder and below. What kustomize reads is no object of a cluster. */
function manifestsIn(path: string, word: string): string[] {
  const stat = reading(path, () => statSync(path, { throwIfNoEntry: false }));
  if (stat === undefined)
    throw new UsageError(`there is no ${JSON.stringify(word)}`, 'Run `podloom synth` first, or name files or folders.');
  if (!stat.isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter(
      (entry) =>
        entry.isFile() && /\.(?:ya?ml|json)$/.test(entry.name) && !/^kustomization\.ya?ml$/.test(basename(entry.name)),
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
