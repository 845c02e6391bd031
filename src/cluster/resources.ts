import type { ObjectKind } from './objects.ts';

/** Where the objects of a kind are in the API. */
export interface Resource {
  readonly plural: string;
  readonly namespaced: boolean;
}

/** One object, or without a name all of a namespace, or of all. */
export interface Place {
  readonly namespace?: string | undefined;
  readonly name?: string;
  readonly subresource?: string | undefined;
}

const namespaced: { readonly [apiVersion: string]: string } = {
  v1: 'Pod ConfigMap Secret Service ServiceAccount Event PersistentVolumeClaim Endpoints ResourceQuota LimitRange',
  'batch/v1': 'Job CronJob',
  'apps/v1': 'Deployment DaemonSet StatefulSet ReplicaSet',
  'policy/v1': 'PodDisruptionBudget',
  'rbac.authorization.k8s.io/v1': 'Role RoleBinding',
  'coordination.k8s.io/v1': 'Lease',
  'networking.k8s.io/v1': 'NetworkPolicy',
  'discovery.k8s.io/v1': 'EndpointSlice',
  'events.k8s.io/v1': 'Event',
  'argoproj.io/v1alpha1': 'Workflow WorkflowTemplate CronWorkflow WorkflowTaskSet WorkflowTaskResult',
  'jobset.x-k8s.io/v1alpha2': 'JobSet',
};
const clusterScoped: { readonly [apiVersion: string]: string } = {
  v1: 'Node Namespace PersistentVolume',
  'scheduling.k8s.io/v1': 'PriorityClass',
  'rbac.authorization.k8s.io/v1': 'ClusterRole ClusterRoleBinding',
  'storage.k8s.io/v1': 'StorageClass',
  'apiextensions.k8s.io/v1': 'CustomResourceDefinition',
  'argoproj.io/v1alpha1': 'ClusterWorkflowTemplate',
};

const known = new Map<string, Resource>([...entries(namespaced, true), ...entries(clusterScoped, false)]);

function entries(kinds: { readonly [apiVersion: string]: string }, isNamespaced: boolean): [string, Resource][] {
  return Object.entries(kinds).flatMap(([apiVersion, names]) =>
    names
      .split(' ')
      .map((kind): [string, Resource] => [
        `${apiVersion} ${kind}`,
        { plural: pluralOf(kind), namespaced: isNamespaced },
      ]),
  );
}

/** As Kubernetes names resources of its own kinds. */
function pluralOf(kind: string): string {
  const name = kind.toLowerCase();
  if (name === 'endpoints') return name;
  if (name.endsWith('s')) return `${name}es`;
  return name.endsWith('y') ? `${name.slice(0, -1)}ies` : `${name}s`;
}

/** Kinds that podloom uses; others are looked up in the API server's discovery. */
export function knownResource({ apiVersion, kind }: ObjectKind): Resource | undefined {
  return known.get(`${apiVersion} ${kind}`);
}

/** `/api/v1`, `/apis/batch/v1`. */
export function groupPath(apiVersion: string): string {
  const parts = apiVersion.split('/').map(encodeURIComponent);
  return parts.length === 1 ? `/api/${parts[0]}` : `/apis/${parts.join('/')}`;
}

export function resourcePath(apiVersion: string, resource: Resource, place: Place): string {
  const { namespace, name, subresource } = place;
  const scope = resource.namespaced && namespace !== undefined ? ['namespaces', namespace] : [];
  const parts = [...scope, resource.plural, ...(name === undefined ? [] : [name])].map(encodeURIComponent);
  return [groupPath(apiVersion), ...parts, ...(subresource === undefined ? [] : [subresource])].join('/');
}
