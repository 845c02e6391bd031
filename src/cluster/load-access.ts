import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { AccessOptions, ClusterAccess, TlsSettings } from './access.ts';
import {
  type Credentials,
  fixedCredentials,
  type Identity,
  kubeconfigCredentials,
  pluginCredentials,
  tokenFileCredentials,
} from './credentials.ts';
import { AccessError } from './errors.ts';
import type { ExecPlugin, PluginCluster } from './exec-plugin.ts';
import {
  type Entry,
  type Fields,
  fieldsOf,
  type Kubeconfig,
  pemOf,
  readKubeconfig,
  textOf,
} from './kubeconfig-file.ts';

type Environment = NonNullable<AccessOptions['env']>;

/** Where Kubernetes puts the service account of a pod. */
const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Finds the cluster and the credentials as kubectl does. Throws an AccessError when there are none. `serviceAccount`: folder. */
export async function loadAccess(
  options: AccessOptions,
  serviceAccount: string = SERVICE_ACCOUNT,
): Promise<ClusterAccess> {
  const env = options.env ?? {};
  const named = options.kubeconfig ?? env['KUBECONFIG'];
  const home = env['HOME'] ?? env['USERPROFILE'];
  const files = named
    ? named.split(path.delimiter).filter((file) => file !== '')
    : home === undefined
      ? []
      : [path.join(home, '.kube', 'config')];
  const read = (): Promise<Kubeconfig | undefined> => readKubeconfig(files, options.kubeconfig === undefined);
  const config = await read();
  if (config !== undefined) {
    const access = fromKubeconfig(config, options, env);
    const again = async (): Promise<Credentials | undefined> => {
      const now = await read();
      // The run stays where it is, whatever context is the current one by then.
      return now && fromKubeconfig(now, { ...options, context: access.context }, env).credentials;
    };
    return { ...access, credentials: kubeconfigCredentials(access.credentials, again) };
  }
  const inCluster = fromServiceAccount(options, env, serviceAccount);
  if (inCluster !== undefined) return inCluster;
  throw new AccessError(
    'no cluster is configured: there is no kubeconfig',
    'Set KUBECONFIG, write ~/.kube/config, or name a file with `--kubeconfig`.',
  );
}

function fromKubeconfig(config: Kubeconfig, options: AccessOptions, env: Environment): ClusterAccess {
  const context = options.context ?? config.currentContext;
  if (context === undefined)
    throw new AccessError(
      'the kubeconfig has no current context',
      `Name one with \`--context\`: ${list(config.contexts)}.`,
    );
  const chosen = config.contexts.get(context)?.fields;
  if (chosen === undefined)
    throw new AccessError(
      `the kubeconfig has no context ${JSON.stringify(context)}`,
      `It has ${list(config.contexts)}.`,
    );
  const cluster = config.clusters.get(textOf(chosen, 'cluster') ?? '');
  const server = cluster && textOf(cluster.fields, 'server');
  if (cluster === undefined || server === undefined)
    throw new AccessError(
      `the context ${JSON.stringify(context)} has no cluster with a server`,
      'Correct the kubeconfig.',
    );
  const userName = textOf(chosen, 'user');
  const user = userName === undefined ? { fields: {}, folder: '' } : config.users.get(userName);
  if (user === undefined)
    throw new AccessError(`the kubeconfig has no user ${JSON.stringify(userName)}`, 'Correct the kubeconfig.');
  const tls = tlsOf(cluster);
  return {
    server: serverOf(server),
    tls,
    proxy: proxyOf(textOf(cluster.fields, 'proxy-url')),
    namespace: options.namespace ?? textOf(chosen, 'namespace') ?? 'default',
    credentials: credentialsOf(user, cluster, tls, options.as, env),
    context,
  };
}

function list(entries: ReadonlyMap<string, Entry>): string {
  return entries.size === 0 ? 'none' : [...entries.keys()].sort().join(', ');
}

function serverOf(server: string): string {
  if (!/^https?:$/.test(URL.parse(server)?.protocol ?? ''))
    throw new AccessError(`the server ${JSON.stringify(server)} is no http(s) address`, 'Correct the kubeconfig.');
  return server.replace(/\/+$/, '');
}

function proxyOf(proxy: string | undefined): string | undefined {
  if (proxy === undefined || /^https?:$/.test(URL.parse(proxy)?.protocol ?? '')) return proxy;
  throw new AccessError(`the proxy ${JSON.stringify(proxy)} is no HTTP proxy`, 'Only HTTP proxies are supported.');
}

function tlsOf(cluster: Entry): TlsSettings {
  return {
    ca: pemOf(cluster, 'certificate-authority'),
    serverName: textOf(cluster.fields, 'tls-server-name'),
    insecure: cluster.fields['insecure-skip-tls-verify'] === true,
  };
}

function credentialsOf(
  user: Entry,
  cluster: Entry,
  tls: TlsSettings,
  as: string | undefined,
  env: Environment,
): Credentials {
  const { fields, folder } = user;
  const headers = impersonation(fields, as);
  const identity = { headers, cert: pemOf(user, 'client-certificate'), key: pemOf(user, 'client-key') };
  const withToken = (token: string) =>
    fixedCredentials({ ...identity, headers: { ...headers, authorization: `Bearer ${token}` } });
  const tokenFile = textOf(fields, 'tokenFile');
  if (tokenFile !== undefined) return tokenFileCredentials(path.resolve(folder, tokenFile), headers);
  const token = textOf(fields, 'token');
  if (token !== undefined) return withToken(token);
  const username = textOf(fields, 'username');
  if (username !== undefined) {
    const basic = Buffer.from(`${username}:${textOf(fields, 'password') ?? ''}`).toString('base64');
    return fixedCredentials({ ...identity, headers: { ...headers, authorization: `Basic ${basic}` } });
  }
  const exec = fieldsOf(fields['exec']);
  if (exec !== undefined) return pluginCredentials(pluginOf(exec, folder), pluginCluster(cluster, tls), env, headers);
  const provider = fieldsOf(fields['auth-provider']);
  if (provider !== undefined) return withToken(tokenOfProvider(provider));
  return fixedCredentials(identity);
}

function impersonation(fields: Fields, as: string | undefined): Identity['headers'] {
  const user = as ?? textOf(fields, 'as');
  if (user === undefined) return {};
  if (as !== undefined) return { 'impersonate-user': as };
  const uid = textOf(fields, 'as-uid');
  const groups = Array.isArray(fields['as-groups']) ? fields['as-groups'].map(String) : [];
  return {
    'impersonate-user': user,
    ...(uid !== undefined && { 'impersonate-uid': uid }),
    ...(groups.length > 0 && { 'impersonate-group': groups }),
  };
}

/** Legacy: kubectl itself has only `oidc` left, and refreshes its token; here a token is used as long as it holds. */
function tokenOfProvider(provider: Fields): string {
  const token = textOf(fieldsOf(provider['config']) ?? {}, 'id-token');
  if (textOf(provider, 'name') === 'oidc' && token !== undefined) return token;
  throw new AccessError(
    `the auth-provider ${JSON.stringify(provider['name'])} of the kubeconfig is not supported`,
    'Use a credential plugin (`exec`), such as `kubectl oidc-login`.',
  );
}

function pluginOf(exec: Fields, folder: string): ExecPlugin {
  const command = textOf(exec, 'command');
  if (command === undefined)
    throw new AccessError('`exec` of the kubeconfig has no command', 'Correct the kubeconfig.');
  const args = Array.isArray(exec['args']) ? exec['args'].map(String) : [];
  const env = Array.isArray(exec['env']) ? exec['env'].map((entry) => fieldsOf(entry) ?? {}) : [];
  return {
    apiVersion: textOf(exec, 'apiVersion') ?? 'client.authentication.k8s.io/v1',
    command: /[/\\]/.test(command) ? path.resolve(folder, command) : command,
    args,
    env: Object.fromEntries(env.map((entry) => [String(entry['name']), String(entry['value'] ?? '')])),
    interactive: exec['interactiveMode'] !== 'Never' && process.stdin.isTTY === true,
    provideClusterInfo: exec['provideClusterInfo'] === true,
    installHint: textOf(exec, 'installHint'),
  };
}

function pluginCluster({ fields }: Entry, tls: TlsSettings): PluginCluster {
  const extensions = Array.isArray(fields['extensions'])
    ? fields['extensions'].map((entry) => fieldsOf(entry) ?? {})
    : [];
  const config = extensions.find((entry) => entry['name'] === 'client.authentication.k8s.io/exec');
  return {
    server: textOf(fields, 'server') ?? '',
    'tls-server-name': tls.serverName,
    'insecure-skip-tls-verify': tls.insecure === true ? true : undefined,
    'certificate-authority-data': tls.ca === undefined ? undefined : Buffer.from(tls.ca).toString('base64'),
    'proxy-url': textOf(fields, 'proxy-url'),
    config: config?.['extension'],
  };
}

function fromServiceAccount(options: AccessOptions, env: Environment, folder: string): ClusterAccess | undefined {
  const [host, port] = [env['KUBERNETES_SERVICE_HOST'], env['KUBERNETES_SERVICE_PORT']];
  const tokenFile = `${folder}/token`;
  if (!host || !port || !existsSync(tokenFile)) return undefined;
  const namespaceFile = `${folder}/namespace`;
  const own = existsSync(namespaceFile) ? readFileSync(namespaceFile, 'utf8').trim() : 'default';
  return {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    tls: { ca: readFileSync(`${folder}/ca.crt`, 'utf8') },
    namespace: options.namespace ?? own,
    credentials: tokenFileCredentials(tokenFile, impersonation({}, options.as)),
  };
}
