import type { KubernetesClient } from '../../cluster/client.ts';
import { ApiError } from '../../cluster/errors.ts';
import type { KubernetesObject, ObjectKind } from '../../cluster/objects.ts';
import { PIPELINE_LABEL, RUN_LABEL, TASK_LABEL } from '../../ir/labels.ts';
import { type ContentMap, unusedMaps } from './choice.ts';
import { createdOf, isNeverPruned } from './cluster-runs.ts';

/** What may use a ConfigMap of podloom's: all that has pods, or makes some. */
const USERS: readonly ObjectKind[] = [
  { apiVersion: 'batch/v1', kind: 'Job' },
  { apiVersion: 'batch/v1', kind: 'CronJob' },
  { apiVersion: 'v1', kind: 'Pod' },
  { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow' },
  { apiVersion: 'argoproj.io/v1alpha1', kind: 'CronWorkflow' },
  { apiVersion: 'argoproj.io/v1alpha1', kind: 'WorkflowTemplate' },
];

/**
 * Tables of items and plans that nothing uses when these objects are gone; a young one may be of a run that is about to use it.
 * undefined: nobody can say, since this user may not see all that could use them.
 */
export async function unusedContentMaps(
  client: KubernetesClient,
  going: readonly KubernetesObject[],
  isYoung: (created: number) => boolean,
  signal: AbortSignal,
): Promise<readonly KubernetesObject[] | undefined> {
  const { namespace } = client;
  const labelSelector = `${PIPELINE_LABEL},!${RUN_LABEL}`;
  const kind = { apiVersion: 'v1', kind: 'ConfigMap' };
  const found = new Map<string, KubernetesObject>();
  for await (const item of client.items({ ...kind, namespace, labelSelector, metadataOnly: true }, { signal })) {
    if (isNeverPruned(item)) found.set(item.metadata.name, { ...item, ...kind });
  }
  if (found.size === 0) return [];
  const users = await usersTexts(client, going, signal);
  if (users === undefined) return undefined;
  const maps: ContentMap[] = [];
  for (const map of found.values()) {
    // Of a task: its items, which name nothing. Else a plan, which names tables.
    const isTable = map.metadata.labels?.[TASK_LABEL] !== undefined;
    const text = isTable ? '' : await textOf(client, map, signal);
    maps.push({ name: map.metadata.name, created: createdOf(map), text });
  }
  return unusedMaps(maps, users, isYoung).map(({ name }) => found.get(name)!);
}

async function textOf(client: KubernetesClient, map: KubernetesObject, signal: AbortSignal): Promise<string> {
  const { apiVersion, kind, metadata } = map;
  const ref = { apiVersion, kind, name: metadata.name, namespace: client.namespace };
  return JSON.stringify((await client.get(ref, { signal }))?.['data'] ?? {});
}

/** What is written in all that stays. Jobs of a run go with the object that owns it. */
async function usersTexts(
  client: KubernetesClient,
  going: readonly KubernetesObject[],
  signal: AbortSignal,
): Promise<string[] | undefined> {
  const gone = new Set(going.map(({ metadata }) => metadata.uid));
  const isGone = ({ metadata }: KubernetesObject): boolean =>
    gone.has(metadata.uid) || metadata.ownerReferences?.some(({ uid }) => gone.has(uid)) === true;
  const texts: string[] = [];
  for (const kind of USERS) {
    try {
      for await (const item of client.items({ ...kind, namespace: client.namespace }, { signal })) {
        if (isGone(item)) gone.add(item.metadata.uid);
        // A pod that belongs to something reads what is written there.
        else if (kind.kind !== 'Pod' || item.metadata.ownerReferences === undefined)
          texts.push(JSON.stringify(item['spec'] ?? {}));
      }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 403) return undefined;
      if (error.status !== 404) throw error;
    }
  }
  return texts;
}
