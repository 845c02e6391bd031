import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import type { Lab } from './lab.ts';
import { freePorts } from './ports.ts';
import type { RigProcess } from './process.ts';
import { waitFor } from './wait.ts';

/** etcd and the API server, ready. */
export interface ControlPlane {
  /** The API server as tests reach it: `https://127.0.0.1:…`. */
  readonly server: string;
  /** For tests and people. Contexts: `admin` (the default) and `nobody`, a user without any right. */
  readonly kubeconfig: string;
  /** For the programs of the cluster, in its namespaces. */
  readonly insideKubeconfig: string;
  /** File of the certificate that the API server made for itself. */
  readonly ca: string;
  /** File of the private key that service-account tokens are signed with. */
  readonly serviceAccountKey: string;
}

export interface ControlPlaneOptions {
  /** Where the API server listens, in the cluster's namespaces; default: 127.0.0.1 and a free port. */
  readonly listen?: { readonly address: string; readonly port: number; readonly advertise: string };
  /** Makes the API server reachable from where the tests run: answers the port on 127.0.0.1. Default: it is there already. */
  readonly expose?: () => Promise<number>;
  /** More flags of the API server, which win over the usual ones. */
  readonly flags?: readonly string[] | undefined;
}

/** Name in the API server's own certificate, whatever address it is reached by. */
const SERVER_NAME = 'kubernetes.default.svc';

export async function startControlPlane(lab: Lab, options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const [etcdProgram, apiProgram] = [await lab.program('etcd'), await lab.program('kube-apiserver')];
  const [client, peer, free] = (await freePorts(3)) as [number, number, number];
  const listen = options.listen ?? { address: '127.0.0.1', port: free, advertise: '127.0.0.1' };
  const tokens = { admin: randomBytes(16).toString('hex'), nobody: randomBytes(16).toString('hex') };
  const files = writeFiles(lab, tokens);
  startEtcd(lab, etcdProgram, client, peer);
  const argv = [
    ...apiServerFlags(lab, listen, files),
    `--etcd-servers=http://127.0.0.1:${client}`,
    ...(options.flags ?? []),
  ];
  const api = lab.start('kube-apiserver', [apiProgram, ...argv]);
  const ca = lab.path('certificates', 'apiserver.crt');
  await api.until(waitFor('the certificate of the API server', () => existsSync(ca) && readFileSync(ca).length > 0));
  const server = `https://127.0.0.1:${(await options.expose?.()) ?? listen.port}`;
  const kubeconfig = lab.path('kubeconfig');
  const insideKubeconfig = lab.path('kubeconfig.inside');
  writeKubeconfig(kubeconfig, server, ca, tokens);
  writeKubeconfig(insideKubeconfig, `https://${listen.address}:${listen.port}`, ca, tokens);
  await apiServerReady(api, server, ca, tokens.admin);
  return { server, kubeconfig, insideKubeconfig, ca, serviceAccountKey: files.key };
}

/** Waits until the API server answers that it is ready; also after a restart. */
function apiServerReady(api: RigProcess, server: string, ca: string, token: string): Promise<unknown> {
  const options = { ca: readFileSync(ca), servername: SERVER_NAME, headers: { authorization: `Bearer ${token}` } };
  const ready = (): Promise<boolean> =>
    new Promise((resolve, reject) => {
      const call = request(`${server}/readyz`, { ...options, timeout: 5000 }, (answer) => {
        answer.resume();
        resolve(answer.statusCode === 200);
      });
      call.on('timeout', () => call.destroy(new Error('no answer in 5 s')));
      call.on('error', reject);
      call.end();
    });
  return api.until(waitFor('the API server to be ready', ready, { deadlineMillis: 120_000 }));
}

function startEtcd(lab: Lab, program: string, client: number, peer: number): void {
  const url = (port: number): string => `http://127.0.0.1:${port}`;
  lab.start('etcd', [
    program,
    `--data-dir=${lab.path('etcd')}`,
    '--unsafe-no-fsync',
    '--log-level=warn',
    `--listen-client-urls=${url(client)}`,
    `--advertise-client-urls=${url(client)}`,
    `--listen-peer-urls=${url(peer)}`,
    `--initial-advertise-peer-urls=${url(peer)}`,
    `--initial-cluster=default=${url(peer)}`,
  ]);
}

interface Files {
  readonly tokens: string;
  readonly key: string;
  readonly publicKey: string;
}

/** Tokens and the key pair of service accounts. */
function writeFiles(lab: Lab, tokens: { readonly admin: string; readonly nobody: string }): Files {
  mkdirSync(lab.path('certificates'), { recursive: true });
  const files = {
    tokens: lab.path('tokens.csv'),
    key: lab.path('certificates', 'service-account.key'),
    publicKey: lab.path('certificates', 'service-account.pub'),
  };
  const lines = [`${tokens.admin},admin,admin,system:masters`, `${tokens.nobody},nobody,nobody`];
  writeFileSync(files.tokens, `${lines.join('\n')}\n`, { mode: 0o600 });
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(files.publicKey, publicKey.export({ type: 'spki', format: 'pem' }));
  writeFileSync(files.key, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  return files;
}

/** What the API server is started with, except for etcd. */
function apiServerFlags(lab: Lab, listen: Required<ControlPlaneOptions>['listen'], files: Files): string[] {
  return [
    `--bind-address=${listen.address}`,
    `--secure-port=${listen.port}`,
    `--advertise-address=${listen.advertise}`,
    `--cert-dir=${lab.path('certificates')}`,
    '--service-cluster-ip-range=10.96.0.0/16',
    '--endpoint-reconciler-type=none',
    '--authorization-mode=RBAC',
    // As kubeadm and the clouds do; without it privileged containers are refused.
    '--allow-privileged=true',
    `--token-auth-file=${files.tokens}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-signing-key-file=${files.key}`,
    `--service-account-key-file=${files.publicKey}`,
    '--kubelet-preferred-address-types=InternalIP',
    // Tests wait for objects, not for fairness between them; a laptop's burst must not be queued behind the controllers.
    '--max-requests-inflight=1000',
    '--max-mutating-requests-inflight=1000',
  ];
}

/** JSON is YAML. */
function writeKubeconfig(
  file: string,
  server: string,
  ca: string,
  tokens: { readonly admin: string; readonly nobody: string },
): void {
  const users = Object.entries(tokens).map(([name, token]) => ({ name, user: { token } }));
  const cluster = {
    server,
    'tls-server-name': SERVER_NAME,
    'certificate-authority-data': readFileSync(ca).toString('base64'),
  };
  const contexts = users.map(({ name }) => ({ name, context: { cluster: 'podloom-test', user: name } }));
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'podloom-test', cluster }],
    users,
    contexts,
    'current-context': 'admin',
  };
  writeFileSync(file, `${JSON.stringify(config, undefined, 2)}\n`, { mode: 0o600 });
}
