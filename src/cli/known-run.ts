import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { KubernetesClient } from '../cluster/client.ts';
import type { Collector } from '../diagnostics/collector.ts';
import { RUN_LABEL } from '../ir/labels.ts';
import type { RunState } from '../runner/state/run-record.ts';
import { type ClusterFlags, connectToCluster, flagsFor } from './cluster-connection.ts';
import type { Ports } from './ports.ts';
import { findRun, runsFolderOf } from './runs.ts';
import type { Workspace } from './workspace.ts';

/** Names of runs are DNS labels: they are values of labels, and names of folders. */
export const RUN_NAME = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** A run that is in the cluster, perhaps without a folder here. */
export interface KnownRun {
  readonly run: string;
  /** Absolute. undefined: it was started elsewhere. */
  readonly folder: string | undefined;
  readonly state: RunState | undefined;
}

/** As `findRun`, and a name without a folder is that of a run that was started elsewhere. */
export async function findKnownRun(
  ports: Ports,
  workspace: Workspace,
  word: string | undefined,
  logdir: string | undefined,
  diagnostics: Collector,
): Promise<KnownRun | undefined> {
  const isName = word !== undefined && RUN_NAME.test(word);
  if (isName && !existsSync(join(runsFolderOf(ports, workspace, logdir), word, 'run.json')))
    return { run: word, folder: undefined, state: undefined };
  const found = await findRun(ports, workspace, word, logdir, diagnostics);
  return found && { run: found.state.run, ...found };
}

/** The cluster that a run is in. */
export function connectToRun(ports: Ports, { state }: KnownRun, flags: ClusterFlags): Promise<KubernetesClient> {
  return connectToCluster(ports, flagsFor(state?.cluster, flags), undefined);
}

/** Selects all objects and pods of a run. A name of a run is a DNS label, so that it means nothing else in a selector. */
export function selectorOf(run: string): string {
  return `${RUN_LABEL}=${run}`;
}
