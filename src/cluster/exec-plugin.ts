import { spawn } from 'node:child_process';
import { AccessError } from './errors.ts';

/** `user.exec` of a kubeconfig. */
export interface ExecPlugin {
  readonly apiVersion: string;
  /** A path, or a name that is looked for in PATH. */
  readonly command: string;
  readonly args: readonly string[];
  readonly env: { readonly [name: string]: string };
  /** Whether it may ask the person at the terminal. */
  readonly interactive: boolean;
  readonly provideClusterInfo: boolean;
  readonly installHint?: string | undefined;
}

/** What a plugin may be told of the cluster (`provideClusterInfo`). */
export interface PluginCluster {
  readonly server: string;
  readonly 'tls-server-name'?: string | undefined;
  readonly 'insecure-skip-tls-verify'?: boolean | undefined;
  readonly 'certificate-authority-data'?: string | undefined;
  readonly 'proxy-url'?: string | undefined;
  readonly config?: unknown;
}

export interface PluginCredential {
  readonly token?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** Milliseconds since 1970. */
  readonly expires?: number | undefined;
}

/**
 * Runs a credential plugin (client.authentication.k8s.io). Its stderr goes to ours, so that it can tell a person what
 * to do; its stdin is ours when it may ask.
 */
export async function runPlugin(
  plugin: ExecPlugin,
  cluster: PluginCluster,
  env: { readonly [name: string]: string | undefined },
): Promise<PluginCredential> {
  const info = {
    apiVersion: plugin.apiVersion,
    kind: 'ExecCredential',
    spec: { interactive: plugin.interactive, ...(plugin.provideClusterInfo && { cluster }) },
  };
  const output = await new Promise<string>((resolve, reject) => {
    const child = spawn(plugin.command, [...plugin.args], {
      env: { ...env, ...plugin.env, KUBERNETES_EXEC_INFO: JSON.stringify(info) },
      stdio: [plugin.interactive ? 'inherit' : 'ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      const problem = error.code === 'ENOENT' ? 'is not installed' : `cannot be started: ${error.message}`;
      reject(failure(plugin, problem, error));
    });
    child.on('close', (code, signal) => {
      if (code === 0) resolve(text);
      else reject(failure(plugin, code === null ? `was ended by ${signal}` : `ended with exit code ${code}`));
    });
  });
  return credentialOf(plugin, output);
}

function credentialOf(plugin: ExecPlugin, output: string): PluginCredential {
  let answer: { readonly apiVersion?: string; readonly status?: { readonly [field: string]: string | undefined } };
  try {
    answer = JSON.parse(output);
  } catch (error) {
    throw failure(plugin, 'printed no JSON', error);
  }
  const status = answer.status ?? {};
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp } = status;
  if (token === undefined && cert === undefined) throw failure(plugin, 'gave neither a token nor a certificate');
  const expires = expirationTimestamp === undefined ? Number.NaN : Date.parse(expirationTimestamp);
  return { token, cert, key, expires: Number.isNaN(expires) ? undefined : expires };
}

function failure({ command, installHint }: ExecPlugin, problem: string, cause?: unknown): AccessError {
  const help =
    installHint?.trim() || 'Run `kubectl get nodes` with the same kubeconfig: it uses the same credential plugin.';
  return new AccessError(`the credential plugin ${JSON.stringify(command)} ${problem}`, help, { cause });
}
