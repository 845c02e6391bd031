import type { KubernetesClient } from '../cluster/client.ts';
import { ApiError, ConnectionError } from '../cluster/errors.ts';
import type { KubernetesObject } from '../cluster/objects.ts';
import type { Collector } from '../diagnostics/collector.ts';
import type { Bundle } from '../ir/bundle.ts';
import type { JsonObject } from '../ir/scalar.ts';
import { comparable, isSame } from './object-diff.ts';
import { nameOf } from './preflight.ts';
import { type ProblemContext, reportProblem } from './write-problem.ts';

/** An object, and what applying it would do. */
export interface Change {
  readonly object: JsonObject;
  /** `ConfigMap "words"` */
  readonly name: string;
  readonly kind: 'create' | 'change' | 'same';
  /** As people compare them. */
  readonly before: JsonObject | undefined;
  readonly after: JsonObject;
}

/** Kinds that others stand on come first, what starts work last. */
const ORDER = [
  ...['Namespace', 'CustomResourceDefinition', 'PriorityClass', 'ServiceAccount', 'Secret', 'ConfigMap'],
  ...['PersistentVolumeClaim', 'Service', 'Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'],
];
const LAST = ['WorkflowTemplate', 'CronWorkflow', 'CronJob', 'Job', 'Workflow'];

/** The objects that GitOps would apply, each once, in the order in which they are applied. */
export function gitopsObjects(bundles: readonly Bundle[]): readonly JsonObject[] {
  const objects = new Map<string, JsonObject>();
  for (const { files } of bundles) {
    for (const { manifests } of files.filter(({ gitops }) => gitops)) {
      for (const { object } of manifests) objects.set(keyOf(object), object);
    }
  }
  return [...objects.values()].sort((a, b) => rankOf(a) - rankOf(b));
}

/** The same for all versions of a kind. */
export function keyOf(object: JsonObject): string {
  const { apiVersion, kind, metadata } = object as unknown as KubernetesObject;
  return [apiVersion.includes('/') ? apiVersion.split('/')[0] : '', kind, metadata.namespace, metadata.name].join('/');
}

function rankOf(object: JsonObject): number {
  const kind = object['kind'] as string;
  if (LAST.includes(kind)) return ORDER.length + 1 + LAST.indexOf(kind);
  return ORDER.includes(kind) ? ORDER.indexOf(kind) : ORDER.length;
}

export interface ApplyOptions {
  /** Takes over fields of other managers. */
  readonly force: boolean;
  readonly signal: AbortSignal;
  readonly context: ProblemContext;
}

/** Asks the API server what each object would become. Reports all that it refuses. Rejects when it cannot be reached. */
export async function planChanges(
  client: KubernetesClient,
  objects: readonly JsonObject[],
  options: ApplyOptions,
  diagnostics: Collector,
): Promise<readonly Change[]> {
  const changes: Change[] = [];
  for (const object of objects) {
    try {
      changes.push(await planChange(client, object, newNames(changes), options));
    } catch (error) {
      if (error instanceof ConnectionError || !(error instanceof ApiError) || error.status === 401) throw error;
      reportProblem(error, { ...options.context, object: nameOf(object) }, diagnostics);
    }
  }
  return changes;
}

async function planChange(
  client: KubernetesClient,
  object: JsonObject,
  made: ReadonlySet<string>,
  { force, signal }: ApplyOptions,
): Promise<Change> {
  const { apiVersion, kind, metadata } = object as unknown as KubernetesObject;
  const found = await client.get({ apiVersion, kind, name: metadata.name, namespace: metadata.namespace }, { signal });
  const name = nameOf(object);
  // A class that is as it should be needs nobody who may write it.
  if (kind === 'PriorityClass' && found !== undefined && found['value'] === object['value'])
    return { object, name, kind: 'same', before: comparable(found), after: comparable(found) };
  const namespace = metadata.namespace ?? client.namespace;
  const role = (object['roleRef'] as { readonly kind: string; readonly name: string } | undefined) ?? {
    kind: '',
    name: '',
  };
  // What stands on something that a dry run does not make cannot be tried.
  const canBeTried =
    found !== undefined || !(made.has(`Namespace ${namespace}`) || made.has(`${role.kind} ${role.name}`));
  const result = canBeTried ? await client.apply(object, { dryRun: true, force, signal }) : object;
  const [before, after] = [found && comparable(found), comparable(result)];
  return {
    object,
    name,
    before,
    after,
    kind: before === undefined ? 'create' : isSame(before, after) ? 'same' : 'change',
  };
}

/** `Role words-conductor` of each object that would be new. */
function newNames(changes: readonly Change[]): ReadonlySet<string> {
  const objects = changes
    .filter(({ kind }) => kind === 'create')
    .map(({ object }) => object as unknown as KubernetesObject);
  return new Set(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`));
}
