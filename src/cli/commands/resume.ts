import { basename, dirname, join } from 'node:path';
import { Collector } from '../../diagnostics/collector.ts';
import type { RunState } from '../../runner/state/run-record.ts';
import { type ClusterFlags, flagsFor } from '../cluster-connection.ts';
import { ExitCode } from '../exit-code.ts';
import { openPipeline } from '../one-pipeline.ts';
import type { Ports } from '../ports.ts';
import { reportDiagnostics } from '../report.ts';
import { type FoundRun, findRun, runsFolderOf } from '../runs.ts';
import { UsageError } from '../usage-error.ts';
import { openWorkspace, type Workspace } from '../workspace.ts';
import type { FollowFlags } from './follow-run.ts';
import { runHere } from './run.ts';

export interface ResumeFlags extends FollowFlags, ClusterFlags {
  readonly profile?: string | undefined;
  readonly yes?: true | undefined;
}

/** `podloom resume [run]` */
export async function resume(ports: Ports, word: string | undefined, flags: ResumeFlags): Promise<number> {
  const diagnostics = new Collector();
  const workspace = await openWorkspace(ports.cwd, diagnostics);
  const found = await findRun(ports, workspace, word, flags.logdir, diagnostics);
  await reportDiagnostics(ports, diagnostics, workspace.root, flags, true);
  if (found === undefined || diagnostics.hasErrors) return ExitCode.badInput;
  return found.state.engine === 'cluster' || found.state.engine === 'argo'
    ? inCluster(ports, workspace, found, flags)
    : onThisMachine(ports, workspace, found, flags);
}

async function inCluster(ports: Ports, workspace: Workspace, found: FoundRun, flags: ResumeFlags): Promise<number> {
  const { runPipeline } = await import('./run-in-cluster.ts');
  const { state } = found;
  const request = {
    word: pipelineWord(workspace, state),
    name: state.pipeline,
    parameters: parametersOf(state),
    runOf: () => state.run,
    goesOn: true,
  };
  const where = { ...placed(ports, workspace, found, flags), ...flagsFor(state.cluster, flags) };
  return runPipeline(ports, request, { ...where, target: state.engine === 'argo' ? 'argo' : 'jobs' });
}

async function onThisMachine(ports: Ports, workspace: Workspace, found: FoundRun, flags: ResumeFlags): Promise<number> {
  const { state } = found;
  const words = { word: pipelineWord(workspace, state), name: state.pipeline };
  const opened = await openPipeline(ports, words, { target: 'none', profile: flags.profile }, flags);
  if (opened === undefined) return ExitCode.badInput;
  return runHere(ports, opened, { ...placed(ports, workspace, found, flags), run: state.run }, parametersOf(state));
}

/** The file that made it; runs of older versions say only its name. */
export function pipelineWord({ root }: Workspace, { file, pipeline }: RunState): string {
  return file === undefined ? pipeline : join(root, file);
}

/** A run that was named by a path is where that path leads. */
function placed(ports: Ports, workspace: Workspace, { folder, state }: FoundRun, flags: ResumeFlags): ResumeFlags {
  const { run } = state;
  if (basename(folder) !== run)
    throw new UsageError(`the folder ${basename(folder)} has the run ${run}`, `Call the folder ${run} again.`);
  const parent = dirname(folder);
  return parent === runsFolderOf(ports, workspace, flags.logdir) ? flags : { ...flags, logdir: parent };
}

function parametersOf({ parameters }: RunState): { readonly [name: string]: string } {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, String(value)]));
}
