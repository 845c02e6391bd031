import { knownResource } from '../cluster/resources.ts';
import type { Pipeline } from '../ir/pipeline.ts';
import type { JsonObject } from '../ir/scalar.ts';
import { runnerRules } from '../targets/jobs/runner-rules.ts';

/** What somebody may do with objects of a kind. */
export interface AccessRule {
  /** `''` is the core group. */
  readonly group: string;
  /** Plural, perhaps with a subresource: `pods/log`. */
  readonly resource: string;
  readonly verbs: readonly string[];
  /** Whether it has to hold for the whole cluster. Default: false. */
  readonly clusterWide?: boolean;
  /** Without it all works, but less is explained. Default: false. */
  readonly optional?: boolean;
}

/** A server-side apply asks for `patch`, and for `create` too when the object is not there. */
const APPLY = ['create', 'patch'];
const MAKE = ['create', 'get'];

/**
 * All that a runner needs to run a pipeline as Jobs, and no more. `base`: objects that it applies first. `maxRunning`: whether
 * --max-running is given, for which pods may wait at gates that the runner opens.
 */
export function runRules(pipeline: Pipeline, base: readonly JsonObject[], maxRunning: boolean): readonly AccessRule[] {
  const hasServices = pipeline.tasks.some(({ replicas }) => replicas !== undefined);
  return mergedRules([
    ...runnerRules(pipeline, { maxRunning }),
    ...(hasServices ? [{ group: '', resource: 'services', verbs: MAKE }] : []),
    ...base.map((object) => ruleOf(object, APPLY)),
  ]);
}

/** What the runner does with a Workflow that is there, with its pods, and with Jobs that it made. */
export const FOLLOW_ARGO: readonly AccessRule[] = [
  { group: 'argoproj.io', resource: 'workflows', verbs: ['get', 'list', 'watch'] },
  { group: 'batch', resource: 'jobs', verbs: ['list', 'watch'] },
  { group: '', resource: 'pods', verbs: ['list', 'watch'] },
  { group: '', resource: 'pods/log', verbs: ['get'] },
  { group: '', resource: 'events', verbs: ['list'], optional: true },
];
/** `podloom cancel` terminates a Workflow, and removes it with the Jobs that it made. */
const CANCEL_ARGO: readonly AccessRule[] = [
  { group: 'argoproj.io', resource: 'workflows', verbs: ['delete', 'patch'] },
  { group: 'batch', resource: 'jobs', verbs: ['delete', 'get'] },
];

/**
 * What it takes to make a Workflow, after what it needs. One that came before Argo knew its template is removed and made again. `base`:
 * objects that are applied first; nobody may give others rights that he does not have.
 */
export function startArgoRules(base: readonly JsonObject[]): readonly AccessRule[] {
  return mergedRules([
    { group: 'argoproj.io', resource: 'workflows', verbs: ['create', 'delete'] },
    ...base.map((object) => ruleOf(object, APPLY)),
    ...base.flatMap(grantedRules),
  ]);
}

/** All that running a pipeline as a Workflow takes, its end by `podloom cancel` included. */
export function argoRunRules(base: readonly JsonObject[]): readonly AccessRule[] {
  return mergedRules([...FOLLOW_ARGO, ...CANCEL_ARGO, ...startArgoRules(base)]);
}

/**
 * What it takes to apply these objects, to see what would change, and (`prune`) to remove old ones. Nobody may give others rights that he
 * does not have, so what their Roles allow is among it.
 */
export function applyRules(objects: readonly JsonObject[], prune: boolean): readonly AccessRule[] {
  const verbs = [...APPLY, 'get', ...(prune ? ['delete', 'list'] : [])];
  return mergedRules([...objects.map((object) => ruleOf(object, verbs)), ...objects.flatMap(grantedRules)]);
}

function grantedRules(object: JsonObject): AccessRule[] {
  if (object['kind'] !== 'Role') return [];
  const rules = (object['rules'] ?? []) as unknown as readonly RoleRule[];
  return rules.flatMap(({ apiGroups = [], resources = [], verbs }) =>
    apiGroups.flatMap((group) => resources.map((resource) => ({ group, resource, verbs }))),
  );
}

interface RoleRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly verbs: readonly string[];
}

function ruleOf(object: JsonObject, verbs: readonly string[]): AccessRule {
  const { apiVersion, kind } = object as { readonly apiVersion: string; readonly kind: string };
  const known = knownResource({ apiVersion, kind });
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] as string) : '';
  const rule = { group, resource: known?.plural ?? `${kind.toLowerCase()}s`, verbs };
  return known?.namespaced === false ? { ...rule, clusterWide: true } : rule;
}

/** One rule for each resource, in the order in which they came; verbs sorted. */
export function mergedRules(rules: readonly AccessRule[]): readonly AccessRule[] {
  const all = new Map<string, AccessRule>();
  for (const rule of rules) {
    const key = `${rule.group}/${rule.resource}`;
    const verbs = new Set([...(all.get(key)?.verbs ?? []), ...rule.verbs]);
    all.set(key, { ...rule, verbs: [...verbs].sort() });
  }
  return [...all.values()];
}
