import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import type { KubernetesClient } from '../../../src/cluster/client.ts';
import type { KubernetesObject } from '../../../src/cluster/objects.ts';

/** The field manager of Argo CD with server-side apply. Flux's `kustomize-controller` does the same. */
const MANAGER = 'argocd-controller';
const SYNC_OPTIONS = 'argocd.argoproj.io/sync-options';
const CLUSTER_SCOPED = new Set(['PriorityClass']);
/** What other programs write a status of, and what tests share: only what podloom wrote of them must not change. */
const WRITTEN_BY_OTHERS = new Set(['CronJob', 'CronWorkflow', 'Job', 'PodDisruptionBudget', 'PriorityClass']);

export type Objects = ReadonlyMap<string, KubernetesObject>;

/** What GitOps takes from a folder of `dist/`, by identity: the files that its kustomization lists. */
export function objectsOfFolder(folder: string, namespace: string): Objects {
  const { resources } = parse(readFileSync(join(folder, 'kustomization.yaml'), 'utf8')) as { resources: string[] };
  const texts = resources.map((name) => readFileSync(join(folder, name), 'utf8'));
  const documents = texts.flatMap((text) => parseAllDocuments(text).map((document) => document.toJS()));
  return byIdentity(documents as KubernetesObject[], namespace);
}

/** As `namespace:` of a kustomization, objects that name no namespace get this one. */
export function byIdentity(objects: readonly object[], namespace: string): Objects {
  return new Map(
    (objects as readonly KubernetesObject[]).map((object) => {
      const own = CLUSTER_SCOPED.has(object.kind) ? {} : { namespace: object.metadata.namespace ?? namespace };
      return [identityOf(object), { ...object, metadata: { ...object.metadata, ...own } }];
    }),
  );
}

export const identityOf = ({ kind, metadata }: KubernetesObject): string => `${kind}/${metadata.name}`;

/** One round of a self-healing controller: applies all, taking over what others own. Gives what no later round may change. */
export async function round(client: KubernetesClient, objects: Objects): Promise<ReadonlyMap<string, unknown>> {
  const entries = [...objects].map(async ([identity, object]) => {
    const applied = await client.apply<KubernetesObject>(object, { force: true, fieldManager: MANAGER });
    return [identity, fingerprint(applied)] as const;
  });
  return new Map(await Promise.all(entries));
}

function fingerprint({ kind, metadata, status: _, ...rest }: KubernetesObject): unknown {
  const { uid, generation, labels, annotations, resourceVersion } = metadata;
  if (!WRITTEN_BY_OTHERS.has(kind)) return { uid, generation, resourceVersion };
  return { uid, generation, labels, annotations, ...rest };
}

/**
 * What such a controller removes when it prunes: what it applied before, is not there any more, and has no annotation against
 * it. Gives the identities.
 */
export async function prune(client: KubernetesClient, before: Objects, now: Objects): Promise<string[]> {
  const stale = [...before].filter(
    ([identity, { metadata }]) => !now.has(identity) && !keeps(metadata.annotations?.[SYNC_OPTIONS]),
  );
  for (const [, { apiVersion, kind, metadata }] of stale) {
    const { name, namespace } = metadata;
    await client.delete({ apiVersion, kind, name, namespace }, { propagationPolicy: 'Foreground' });
  }
  return stale.map(([identity]) => identity);
}

const keeps = (options: string | undefined): boolean => (options ?? '').split(',').includes('Prune=false');

/** All that runs in a namespace, by kind and name, with what says that it is still the same. */
export async function whatRuns(client: KubernetesClient, namespace: string): Promise<ReadonlyMap<string, string>> {
  const kinds = [
    { apiVersion: 'batch/v1', kind: 'Job' },
    { apiVersion: 'v1', kind: 'Pod' },
    { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow' },
  ];
  const lists = await Promise.all(kinds.map((kind) => client.list({ ...kind, namespace })));
  const all = lists.flatMap(({ items }) => items);
  return new Map(all.map((object) => [identityOf(object), object.metadata.uid ?? '']));
}

/** The Job that `kubectl create job --from=cronjob/<name> <run>` makes. */
export async function jobFrom(client: KubernetesClient, namespace: string, name: string, run: string): Promise<object> {
  const cron = (await client.get<CronJob>({ apiVersion: 'batch/v1', kind: 'CronJob', namespace, name }))!;
  const { metadata, spec } = cron.spec.jobTemplate;
  const owner = { apiVersion: 'batch/v1', kind: 'CronJob', name, uid: cron.metadata.uid, controller: true };
  const annotations = { ...metadata?.annotations, 'cronjob.kubernetes.io/instantiate': 'manual' };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: run, namespace, labels: metadata?.labels, annotations, ownerReferences: [owner] },
    spec,
  };
}

interface CronJob extends KubernetesObject {
  readonly spec: {
    readonly suspend?: boolean;
    readonly jobTemplate: {
      readonly metadata?: { readonly labels?: object; readonly annotations?: object };
      readonly spec: object;
    };
  };
}

/** Identities of what differs: `- x` is gone, `+ x` is new, `~ x` is not the same. */
export function changes(before: Objects, after: Objects): string[] {
  const gone = [...before.keys()].filter((identity) => !after.has(identity)).map((identity) => `- ${identity}`);
  const others = [...after].flatMap(([identity, object]) => {
    const old = before.get(identity);
    if (old === undefined) return [`+ ${identity}`];
    return JSON.stringify(old) === JSON.stringify(object) ? [] : [`~ ${identity}`];
  });
  return [...gone, ...others].sort();
}
