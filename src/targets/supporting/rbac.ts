import type { Pipeline } from '../../ir/pipeline.ts';
import type { JsonObject } from '../../ir/scalar.ts';
import { metadata } from './metadata.ts';

/** What a service account may do in the namespace. */
export interface Rule {
  /** `''` is the core group. */
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
  /** Without it all works, but less is explained. */
  readonly optional?: boolean;
}

/** The namespace of a subject must be written down; objects without one land in `default` where nothing else is said. */
const FALLBACK_NAMESPACE = 'default';

/** A ServiceAccount, a Role with just these rules and the binding between them, all called `name`. */
export function serviceAccountWith(pipeline: Pipeline, name: string, rules: readonly Rule[]): JsonObject[] {
  const rbac = 'rbac.authorization.k8s.io';
  return [
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: metadata(pipeline, name),
      automountServiceAccountToken: false,
    },
    { apiVersion: `${rbac}/v1`, kind: 'Role', metadata: metadata(pipeline, name), rules: rules.map(roleRule) },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata: metadata(pipeline, name),
      roleRef: { apiGroup: rbac, kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace: pipeline.namespace ?? FALLBACK_NAMESPACE }],
    },
  ];
}

function roleRule({ group, resource, verbs }: Rule): JsonObject {
  return { apiGroups: [group], resources: [resource], verbs };
}
