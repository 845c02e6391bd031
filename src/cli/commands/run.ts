import { join } from 'node:path';
import type { TargetName } from '../../ir/bundle.ts';
import { shellQuote } from '../../units/shell-quote.ts';
import { CLUSTER_FLAGS, type ClusterFlags } from '../cluster-connection.ts';
import { ExitCode } from '../exit-code.ts';
import { interruptible } from '../interrupt.ts';
import { type OpenedPipeline, openPipeline } from '../one-pipeline.ts';
import { parseParameters } from '../parameters.ts';
import type { Ports } from '../ports.ts';
import { reportRun } from '../report-run.ts';
import { createReporter, diagnosticsAbove } from '../run-reporter.ts';
import { runsFolderOf } from '../runs.ts';
import { UsageError } from '../usage-error.ts';
import { shown } from '../workspace.ts';
import type { FollowFlags } from './follow-run.ts';

export interface RunOptions extends FollowFlags, ClusterFlags {
  readonly local?: true | undefined;
  /** `name=value` each. */
  readonly parameter?: readonly string[] | undefined;
  readonly run?: string | undefined;
  readonly profile?: string | undefined;
  readonly yes?: true | undefined;
  readonly target?: TargetName | undefined;
}

/** Flags of `podloom run` that mean something in a cluster only. */
const CLUSTER_ONLY = [
  ...CLUSTER_FLAGS,
  ...(['target', 'timeout', 'pendingTimeout', 'maxPending', 'submitRate', 'yes'] as const),
];

/** `podloom run <pipeline>`: in a cluster, or with `--local` on this machine. */
export async function run(ports: Ports, word: string, options: RunOptions): Promise<number> {
  const parameters = parseParameters(options.parameter ?? []);
  if (!options.local) {
    const { newRun } = await import('./run-in-cluster.ts');
    return newRun(ports, word, options, parameters);
  }
  const [flag] = CLUSTER_ONLY.filter((name) => options[name] !== undefined);
  if (flag !== undefined) {
    const text = `--${flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    throw new UsageError(`${text} means nothing with --local`, 'Leave one of them out.');
  }
  const opened = await openPipeline(ports, { word }, { target: 'none', profile: options.profile }, options);
  return opened === undefined ? ExitCode.badInput : runHere(ports, opened, options, parameters);
}

/** As processes of this machine. */
export async function runHere(
  ports: Ports,
  { workspace, pipeline, file }: OpenedPipeline,
  options: Omit<RunOptions, 'parameter'>,
  parameters: { readonly [name: string]: string },
): Promise<number> {
  const { root } = workspace;
  const runsFolder = runsFolderOf(ports, workspace, options.logdir);
  const command = commandOf(pipeline.name, options, parameters);
  const reporter = await createReporter(ports, { root, command, detaches: false }, options.output);
  const { runLocal } = await import('../../runner/run-local.ts');
  const { interrupt, release } = interruptible(ports);
  try {
    const result = await runLocal({
      ...{ pipeline, root, runsFolder, parameters, command },
      run: options.run,
      rerun: options.rerun,
      maxRunning: options.maxRunning,
      failFast: options.failFast,
      environment: ports.env,
      file: shown(root, file),
      emit: (event) => reporter.handle(event),
      report: await diagnosticsAbove(ports, reporter, root, options),
      interrupt: interrupt.signal,
    });
    reporter.close();
    if (result.summary !== undefined) await reportRun(ports, workspace, join(runsFolder, result.summary.run), options);
    return result.exitCode;
  } finally {
    reporter.close();
    release();
  }
}

/** Without `--rerun`. */
function commandOf(
  pipeline: string,
  { run, logdir, failFast }: Pick<RunOptions, 'run' | 'logdir' | 'failFast'>,
  parameters: { readonly [name: string]: string },
): string {
  const words = ['podloom run', pipeline, '--local'];
  for (const [name, value] of Object.entries(parameters)) words.push('-p', shellQuote(`${name}=${value}`));
  if (run !== undefined) words.push('--run', run);
  if (logdir !== undefined) words.push('--logdir', shellQuote(logdir));
  if (failFast) words.push('--fail-fast');
  return words.join(' ');
}
