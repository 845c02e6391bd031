import type { KubernetesClient } from '../cluster/client.ts';
import { ApiError } from '../cluster/errors.ts';
import { FIELD_MANAGER, type KubernetesObject, type ObjectKind } from '../cluster/objects.ts';
import { PIPELINE_LABEL, RUN_LABEL } from '../ir/labels.ts';
import type { JsonObject } from '../ir/scalar.ts';
import { keyOf } from './apply-plan.ts';

/** Kinds that podloom's targets make for GitOps, in the order in which they are removed: what starts work first. */
const KINDS: readonly ObjectKind[] = [
  { apiVersion: 'batch/v1', kind: 'CronJob' },
  { apiVersion: 'argoproj.io/v1alpha1', kind: 'CronWorkflow' },
  { apiVersion: 'argoproj.io/v1alpha1', kind: 'WorkflowTemplate' },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding' },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role' },
  { apiVersion: 'v1', kind: 'ServiceAccount' },
  { apiVersion: 'v1', kind: 'Service' },
  { apiVersion: 'v1', kind: 'ConfigMap' },
];

interface Managed {
  readonly manager?: string;
  readonly operation?: string;
  readonly subresource?: string;
}

/**
 * Objects of these pipelines that an earlier `podloom apply` made and that they no longer have. Only what podloom itself applied, has
 * the pipeline's label, belongs to no run and to no other object, and is not kept for the runs that use it.
 */
export async function leftovers(
  client: KubernetesClient,
  pipelines: readonly string[],
  wanted: readonly JsonObject[],
  signal: AbortSignal,
): Promise<readonly KubernetesObject[]> {
  if (pipelines.length === 0 || wanted.length === 0) return [];
  const { namespace } = client;
  const keys = new Set(wanted.map(keyOf));
  const kinds = new Set(wanted.map(({ kind }) => kind));
  const labelSelector = `${PIPELINE_LABEL} in (${pipelines.join(',')}),!${RUN_LABEL}`;
  const found: KubernetesObject[] = [];
  for (const kind of KINDS) {
    try {
      const query = { ...kind, namespace, labelSelector, metadataOnly: true };
      for await (const item of client.items(query, { signal })) {
        const object = { ...item, ...kind };
        const { name } = item.metadata;
        const isWanted = [namespace, undefined].some((place) => keys.has(keyOf(asWanted(kind, name, place))));
        if (!isWanted && isOurs(item)) found.push(object);
      }
    } catch (error) {
      // A kind that is not installed, or of the other target, which this user has nothing to do with.
      const isOther = error instanceof ApiError && error.status === 403 && !kinds.has(kind.kind);
      if (!isOther && !(error instanceof ApiError && error.status === 404)) throw error;
    }
  }
  return found;
}

function asWanted(kind: ObjectKind, name: string, namespace: string | undefined): JsonObject {
  return { ...kind, metadata: namespace === undefined ? { name } : { name, namespace } };
}

function isOurs({ metadata }: KubernetesObject): boolean {
  const { managedFields = [] } = metadata as { readonly managedFields?: readonly Managed[] };
  const applied = managedFields.some(({ manager, operation }) => manager === FIELD_MANAGER && operation === 'Apply');
  const isKept = metadata.annotations?.['kustomize.toolkit.fluxcd.io/prune'] === 'disabled';
  return applied && !isKept && (metadata.ownerReferences ?? []).length === 0;
}
