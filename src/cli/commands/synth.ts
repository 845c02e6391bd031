import { resolve } from 'node:path';
import { driftOf } from '../../emit/drift.ts';
import { planWrites, type WritePlan } from '../../emit/plan.ts';
import { applyPlan } from '../../emit/write.ts';
import type { TargetName } from '../../ir/bundle.ts';
import { type Build, build } from '../build.ts';
import { ExitCode } from '../exit-code.ts';
import type { Ports } from '../ports.ts';
import { Progress } from '../progress.ts';
import { type DiagnosticOptions, reportDiagnostics } from '../report.ts';
import { shown } from '../workspace.ts';

export interface SynthOptions extends DiagnosticOptions {
  readonly target?: TargetName | 'all' | undefined;
  readonly profile?: string | undefined;
  readonly out?: string | undefined;
  readonly check?: true | undefined;
  readonly stdout?: true | undefined;
  readonly json?: true | undefined;
  readonly watch?: true | undefined;
  readonly cdk8s?: true | undefined;
  readonly workflow?: true | undefined;
}

/** `podloom synth [pipelines…]` */
export async function synth(ports: Ports, words: readonly string[], options: SynthOptions): Promise<number> {
  if (options.watch) return (await import('../watch.ts')).watch(ports);
  const progress = new Progress(ports.stderr);
  const target = options.cdk8s ? cdk8sTarget(options.target) : options.target;
  const made = await build(
    ports,
    words,
    { target, profile: options.profile, scan: options.check === true, workflow: options.workflow },
    progress,
  );
  const mode = options.cdk8s ? await import('./synth-cdk8s.ts') : undefined;
  const code =
    mode === undefined ? await deliver(ports, words, options, made, progress) : mode.writeForCdk8s(ports, made);
  progress.done();
  await reportDiagnostics(
    ports,
    made.diagnostics,
    made.workspace.root,
    options,
    options.stdout ?? options.json ?? options.cdk8s,
  );
  if (made.diagnostics.hasErrors) return ExitCode.badInput;
  return code();
}

/** cdk8s applies objects as they are: those of one target. */
function cdk8sTarget(wanted: SynthOptions['target']): TargetName {
  return wanted === 'jobs' ? 'jobs' : 'argo';
}

/** Writes or compares now; returns what is still to be said, after the diagnostics. */
async function deliver(
  ports: Ports,
  words: readonly string[],
  options: SynthOptions,
  made: Build,
  progress: Progress,
): Promise<() => number> {
  const { workspace, targets, selection, files, diagnostics } = made;
  const failed = (): number => ExitCode.badInput;
  if (diagnostics.hasErrors) return failed;
  if (options.stdout) return () => print(ports, made, options.json === true);
  const out =
    options.out === undefined
      ? resolve(workspace.root, workspace.config.out ?? 'dist')
      : resolve(ports.cwd, options.out);
  const pipelines = words.length === 0 ? 'all' : selection.pipelines.map(({ pipeline }) => pipeline.name);
  const plan = planWrites({ out, shownOut: shown(workspace.root, out), files, targets, pipelines }, diagnostics);
  if (diagnostics.hasErrors) return failed;
  if (options.check) {
    const drift = driftOf(plan);
    return () => sayDrift(ports, plan, drift, options.json === true);
  }
  progress.stage(`Writing ${plan.shownOut}`);
  if (!applyPlan(plan, diagnostics)) return failed;
  return () => saySummary(ports, plan, options.json === true);
}

function print(ports: Ports, { files }: Build, json: boolean): number {
  if (json)
    ports.stdout.write(
      `${JSON.stringify({ files: files.map(({ path, objects }) => ({ path, objects })) }, null, 2)}\n`,
    );
  else
    for (const [index, { chunks }] of files.entries()) {
      if (index > 0) ports.stdout.write('---\n');
      for (const chunk of chunks()) ports.stdout.write(chunk);
    }
  return ExitCode.ok;
}

function sayDrift(ports: Ports, plan: WritePlan, drift: readonly string[], json: boolean): number {
  if (json) printPlan(ports, plan);
  else for (const diff of drift) ports.stdout.write(diff);
  if (drift.length === 0) ports.stderr.write(`${plan.shownOut}/ is up to date: ${count(plan.files.length, 'file')}.\n`);
  else
    ports.stderr.write(
      `${plan.shownOut}/ differs from what the pipelines say in ${count(drift.length, 'file')}: run \`podloom synth\` and commit the result.\n`,
    );
  return drift.length === 0 ? ExitCode.ok : ExitCode.failed;
}

function saySummary(ports: Ports, plan: WritePlan, json: boolean): number {
  if (json) printPlan(ports, plan);
  const written = plan.files.filter((file) => file.change !== 'none').length;
  const parts = [
    `${count(written, 'file')} written`,
    `${plan.files.length - written} unchanged`,
    ...(plan.stale.length === 0 ? [] : [`${plan.stale.length} removed`]),
  ];
  ports.stderr.write(`${plan.shownOut}/: ${parts.join(', ')}.\n`);
  return ExitCode.ok;
}

function printPlan(ports: Ports, { shownOut, files, stale }: WritePlan): void {
  const list = files.map(({ path, change }) => ({ path, change }));
  ports.stdout.write(`${JSON.stringify({ out: shownOut, files: list, removed: stale }, null, 2)}\n`);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
