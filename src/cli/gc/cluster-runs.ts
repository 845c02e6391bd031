import type { KubernetesClient } from '../../cluster/client.ts';
import { ApiError } from '../../cluster/errors.ts';
import type { KubernetesObject, ObjectKind } from '../../cluster/objects.ts';
import { PIPELINE_LABEL, RUN_LABEL } from '../../ir/labels.ts';
import { viewWorkflow } from '../../runner/argo/workflow-view.ts';
import { STATE_KEY } from '../../runner/cluster/run-mirror.ts';
import type { RunState } from '../../runner/state/run-record.ts';
import { COMPONENT_LABEL, CONDUCTOR } from '../../targets/jobs/conductor.ts';
import { neverPruned } from '../../targets/supporting/metadata.ts';
import { hashText } from '../../units/hash.ts';
import { endOf } from '../conductor-job.ts';
import type { LeftRun } from './choice.ts';

/** A run with the objects that own all the rest of it. */
export interface ClusterRun extends LeftRun {
  readonly owners: readonly KubernetesObject[];
}

const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' };
const LEASE = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' };
const JOB = { apiVersion: 'batch/v1', kind: 'Job' };
const WORKFLOW = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow' };
/** Clocks of two machines may differ by so much: a Lease that was renewed since counts as held. */
const SKEW_MILLIS = 300_000;

/** What is in the namespace that belongs to runs. */
interface Found {
  readonly configMaps: readonly KubernetesObject[];
  readonly leases: readonly KubernetesObject[];
  readonly jobs: readonly KubernetesObject[];
  readonly conductors: readonly KubernetesObject[];
  readonly workflows: readonly KubernetesObject[];
}

/** All runs of the client's namespace. `isHere`: whether a folder of this machine has the logs of a run, to its end. */
export async function clusterRuns(
  client: KubernetesClient,
  isHere: (run: string) => boolean,
  now: number,
  signal: AbortSignal,
): Promise<ClusterRun[]> {
  const found: Found = {
    configMaps: await listed(client, CONFIG_MAP, RUN_LABEL, signal),
    leases: await listed(client, LEASE, RUN_LABEL, signal),
    jobs: await listed(client, JOB, RUN_LABEL, signal),
    conductors: await listed(client, JOB, `${COMPONENT_LABEL}=${CONDUCTOR},${PIPELINE_LABEL}`, signal),
    workflows: await listedIfInstalled(client, WORKFLOW, PIPELINE_LABEL, signal),
  };
  const owners = new Map<string, KubernetesObject[]>();
  const add = (run: string, object: KubernetesObject): void =>
    void owners.set(run, [...(owners.get(run) ?? []), object]);
  // It comes first, so that nobody makes anew what is removed.
  for (const job of found.conductors) add(job.metadata.name, job);
  for (const map of found.configMaps) if (isOfRun(map)) add(runOf(map), map);
  for (const workflow of found.workflows) add(workflow.metadata.name, workflow);
  return [...owners].map(([run, own]) => clusterRun(run, own, found, isHere, now));
}

function clusterRun(
  run: string,
  owners: readonly KubernetesObject[],
  found: Found,
  isHere: (run: string) => boolean,
  now: number,
): ClusterRun {
  const state = owners.map(stateOf).find((one) => one !== undefined);
  const jobs = [...found.jobs.filter((job) => runOf(job) === run), ...owners.filter(({ kind }) => kind === 'Job')];
  const workflow = owners.find(({ kind }) => kind === 'Workflow');
  const isConducted = owners.some(({ kind }) => kind === 'Job');
  const isOver = state?.status === 'succeeded' || state?.status === 'failed';
  return {
    ...{ run, owners },
    pipeline: owners[0]!.metadata.labels?.[PIPELINE_LABEL] ?? '',
    last: Math.max(...[...owners, ...jobs].map(lastOf), state?.ended ?? 0),
    busy: whyBusy(run, jobs, workflow, found, now),
    // A conductor keeps no logs; a runner that came to the end of a run has brought all of them.
    collected: isHere(run) || (isOver && !isConducted && workflow === undefined),
  };
}

function whyBusy(
  run: string,
  jobs: readonly KubernetesObject[],
  workflow: KubernetesObject | undefined,
  { leases, conductors }: Found,
  now: number,
): string | undefined {
  if (leases.some((lease) => runOf(lease) === run && isHeld(lease, now))) return 'a runner has it';
  if (jobs.some((job) => endOf(job) === undefined)) return 'it has Jobs that have not ended';
  if (workflow !== undefined && !viewWorkflow(workflow).hasEnded) return 'its Workflow has not ended';
  const own = conductors.find(({ metadata }) => metadata.name === run);
  // With `runOnChange` the conductor is among the manifests: without it, the same commit would run once more.
  if (own === undefined || !isNeverPruned(own)) return undefined;
  const pipeline = own.metadata.labels?.[PIPELINE_LABEL];
  const others = conductors.filter((job) => isNeverPruned(job) && job.metadata.labels?.[PIPELINE_LABEL] === pipeline);
  const isNewest = others.every((other) => createdOf(other) <= createdOf(own));
  return isNewest ? 'GitOps applies its conductor, and would run it again' : undefined;
}

/** Whether the manifests of a pipeline have it, under a name made from its content, so that GitOps must not take it away. */
export function isNeverPruned({ metadata }: KubernetesObject): boolean {
  return Object.entries(neverPruned).every(([name, value]) => metadata.annotations?.[name] === value);
}

function isHeld(lease: KubernetesObject, now: number): boolean {
  const {
    holderIdentity = '',
    leaseDurationSeconds = 0,
    renewTime = '',
  } = (lease['spec'] ?? {}) as {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly renewTime?: string;
  };
  return holderIdentity !== '' && now - Date.parse(renewTime) < leaseDurationSeconds * 1000 + SKEW_MILLIS;
}

/** The ConfigMap that stands for a run, among those with its parameters and outputs. */
function isOfRun(map: KubernetesObject): boolean {
  return map.metadata.name === `${map.metadata.labels?.[PIPELINE_LABEL]}-run-${hashText(runOf(map))}`;
}

function runOf({ metadata }: KubernetesObject): string {
  return metadata.labels?.[RUN_LABEL] ?? '';
}

function stateOf(object: KubernetesObject): Partial<RunState> | undefined {
  const text = (object['data'] as { readonly [key: string]: string } | undefined)?.[STATE_KEY];
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Partial<RunState>);
  } catch {
    return undefined;
  }
}

function lastOf(object: KubernetesObject): number {
  const {
    completionTime,
    finishedAt,
    conditions = [],
  } = (object['status'] ?? {}) as {
    readonly completionTime?: string;
    readonly finishedAt?: string | null;
    readonly conditions?: readonly { readonly lastTransitionTime?: string }[];
  };
  const texts = [completionTime, finishedAt, ...conditions.map(({ lastTransitionTime }) => lastTransitionTime)];
  return Math.max(createdOf(object), ...texts.map((text) => Date.parse(text ?? '') || 0));
}

export function createdOf({ metadata }: KubernetesObject): number {
  return Date.parse(metadata.creationTimestamp ?? '') || 0;
}

async function listed(
  client: KubernetesClient,
  kind: ObjectKind,
  labelSelector: string,
  signal: AbortSignal,
): Promise<KubernetesObject[]> {
  const found: KubernetesObject[] = [];
  const query = { ...kind, namespace: client.namespace, labelSelector };
  for await (const item of client.items(query, { signal })) found.push({ ...item, ...kind });
  return found;
}

/** Kinds that are not installed, or that this user has nothing to do with, have no objects. */
async function listedIfInstalled(...query: Parameters<typeof listed>): Promise<KubernetesObject[]> {
  try {
    return await listed(...query);
  } catch (error) {
    if (error instanceof ApiError && (error.status === 404 || error.status === 403)) return [];
    throw error;
  }
}
