/**
 * The kinds that podloom validates: those it writes, and those that people put beside a pipeline.
 * A kind's definition is called `<Group><Version><Kind>`, for example `BatchV1Job`.
 * @typedef {{ apiVersion: string, kind: string, definition: string, module: string }} Kind
 */

/** Module of validators → apiVersion, prefix of the definitions, kinds. A module is loaded when the first object of it comes. */
const MODULES = [
  [
    'core',
    'v1',
    'CoreV1',
    [
      'ConfigMap',
      'LimitRange',
      'Namespace',
      'PersistentVolume',
      'PersistentVolumeClaim',
      'ResourceQuota',
      'Secret',
      'Service',
      'ServiceAccount',
    ],
  ],
  ['pod', 'v1', 'CoreV1', ['Pod']],
  ['apps', 'apps/v1', 'AppsV1', ['DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet']],
  ['batch', 'batch/v1', 'BatchV1', ['CronJob', 'Job']],
  ['rbac', 'rbac.authorization.k8s.io/v1', 'RbacV1', ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding']],
  ['policy', 'policy/v1', 'PolicyV1', ['PodDisruptionBudget']],
  ['scheduling', 'scheduling.k8s.io/v1', 'SchedulingV1', ['PriorityClass']],
  ['networking', 'networking.k8s.io/v1', 'NetworkingV1', ['Ingress', 'NetworkPolicy']],
  ['resource', 'resource.k8s.io/v1', 'ResourceV1', ['DeviceClass', 'ResourceClaim', 'ResourceClaimTemplate']],
  ['argo', 'argoproj.io/v1alpha1', 'Argo', ['ClusterWorkflowTemplate', 'CronWorkflow', 'Workflow', 'WorkflowTemplate']],
];

/** @type {readonly Kind[]} */
export const KINDS = MODULES.flatMap(([module, apiVersion, prefix, kinds]) =>
  kinds.map((kind) => ({ apiVersion, kind, definition: `${prefix}${kind}`, module })),
);

/** kubeconform's own naming of files: `job-batch-v1.json`, `configmap-v1.json`. */
export function schemaFileName({ apiVersion, kind }) {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : [undefined, apiVersion];
  const suffix = group === undefined ? version : `${group.split('.')[0]}-${version}`;
  return `${kind.toLowerCase()}-${suffix}.json`;
}
