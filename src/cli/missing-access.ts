import type { KubernetesClient } from '../cluster/client.ts';
import { ApiError } from '../cluster/errors.ts';
import type { AccessRule } from './access-rules.ts';

interface ResourceRule {
  readonly verbs?: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
}

const REVIEWS = '/apis/authorization.k8s.io/v1';

/**
 * Those of the rules that the API server does not grant in the client's namespace, each with the verbs that are missing. One request
 * when all is granted. Where the server does not say, everything counts as granted.
 */
export async function missingAccess(
  client: KubernetesClient,
  rules: readonly AccessRule[],
  signal: AbortSignal,
): Promise<readonly AccessRule[]> {
  const granted = await grantedRules(client, signal);
  if (granted === undefined) return [];
  const missing: AccessRule[] = [];
  for (const rule of rules) {
    const listed = rule.clusterWide === true ? [] : granted;
    const open = rule.verbs.filter((verb) => !listed.some((grant) => grants(grant, rule, verb)));
    const answers = await Promise.all(open.map((verb) => isAllowed(client, rule, verb, signal)));
    const verbs = open.filter((_verb, index) => !answers[index]);
    if (verbs.length > 0) missing.push({ ...rule, verbs });
  }
  return missing;
}

async function grantedRules(
  client: KubernetesClient,
  signal: AbortSignal,
): Promise<readonly ResourceRule[] | undefined> {
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectRulesReview',
    spec: { namespace: client.namespace },
  };
  const answer = await asked(client, 'selfsubjectrulesreviews', body, signal);
  if (answer === undefined) return undefined;
  return (answer as { status?: { resourceRules?: readonly ResourceRule[] } }).status?.resourceRules ?? [];
}

/** Some authorizers cannot list what they grant, and a list says nothing of the whole cluster: then each is asked. */
async function isAllowed(
  client: KubernetesClient,
  { group, resource, clusterWide }: AccessRule,
  verb: string,
  signal: AbortSignal,
): Promise<boolean> {
  const [plural, subresource] = resource.split('/');
  const namespace = clusterWide === true ? undefined : client.namespace;
  const resourceAttributes = { group, resource: plural, subresource, verb, namespace };
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } };
  const answer = await asked(client, 'selfsubjectaccessreviews', body, signal);
  return answer === undefined || (answer as { status?: { allowed?: boolean } }).status?.allowed === true;
}

/** undefined: the server does not answer such questions of this user. */
async function asked(client: KubernetesClient, review: string, body: object, signal: AbortSignal): Promise<unknown> {
  try {
    return await client.request('POST', `${REVIEWS}/${review}`, { body, signal, idempotent: true });
  } catch (error) {
    if (error instanceof ApiError && (error.status === 403 || error.status === 404)) return undefined;
    throw error;
  }
}

function grants(grant: ResourceRule, { group, resource }: AccessRule, verb: string): boolean {
  if ((grant.resourceNames ?? []).length > 0) return false;
  const has = (list: readonly string[] | undefined, ...words: readonly string[]): boolean =>
    list?.some((word) => word === '*' || words.includes(word)) === true;
  const [, subresource] = resource.split('/');
  const everyParent = subresource === undefined ? [] : [`*/${subresource}`];
  return has(grant.verbs, verb) && has(grant.apiGroups, group) && has(grant.resources, resource, ...everyParent);
}
