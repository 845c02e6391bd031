import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { KubernetesClient } from '../../../../src/cluster/client.ts';

const ACCOUNT = 'runner';

interface Config {
  readonly users: { readonly user: object }[];
}

/** Makes a ServiceAccount that may do everything in a namespace. */
export async function makeAccount(client: KubernetesClient, namespace: string): Promise<void> {
  const metadata = { name: ACCOUNT, namespace };
  await client.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata });
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const rules = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
  await client.create({ apiVersion, kind: 'Role', metadata, rules });
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: ACCOUNT };
  const subjects = [{ kind: 'ServiceAccount', name: ACCOUNT, namespace }];
  await client.create({ apiVersion, kind: 'RoleBinding', metadata, roleRef, subjects });
}

/** A token of that account, which holds as long as there is a Secret of this name. */
export async function makeToken(client: KubernetesClient, namespace: string, name: string): Promise<string> {
  const secret = await client.create({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace } });
  const boundObjectRef = { apiVersion: 'v1', kind: 'Secret', name, uid: secret.metadata.uid };
  const answer = await client.request('POST', `/api/v1/namespaces/${namespace}/serviceaccounts/${ACCOUNT}/token`, {
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { boundObjectRef } },
  });
  return (answer as { readonly status: { readonly token: string } }).status.token;
}

/** From now on nobody is known by it, once the API server has forgotten that it was good (10 s). */
export async function revokeToken(client: KubernetesClient, namespace: string, name: string): Promise<void> {
  await client.delete({ apiVersion: 'v1', kind: 'Secret', name, namespace });
}

/** Writes the token into all users of a kubeconfig, as `oc login` does. */
export function writeToken(kubeconfig: string, token: string): void {
  const config = JSON.parse(readFileSync(kubeconfig, 'utf8')) as Config;
  const users = config.users.map((user) => ({ ...user, user: { token } }));
  writeFileSync(`${kubeconfig}.new`, JSON.stringify({ ...config, users }));
  renameSync(`${kubeconfig}.new`, kubeconfig);
}
