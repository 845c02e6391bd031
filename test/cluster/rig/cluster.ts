import { startArgo } from './argo.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { startControllers } from './controllers.ts';
import { prepareSeed, seedEtcd } from './etcd-seed.ts';
import { heartbeats, startKwok } from './kwok.ts';
import { Lab } from './lab.ts';
import { simulatedPools } from './nodes.ts';
import type { RigProcess } from './process.ts';
import { buildProgram, type ProgramName } from './programs.ts';

/**
 * - `api`: etcd, API server, Argo's CRDs.
 * - `sim`: and controller-manager, scheduler, simulated nodes, Argo's controller.
 * - `real`: and a kubelet with containers, Argo's executor; in namespaces of its own. No simulated nodes.
 */
export type ClusterSize = 'api' | 'sim' | 'real';
export const CLUSTER_SIZES: readonly ClusterSize[] = ['api', 'sim', 'real'];

export interface ClusterOptions {
  readonly size: ClusterSize;
  /** Simulated nodes of `sim`; default 40. */
  readonly nodes?: number | undefined;
  /** More flags of the API server, which win over the usual ones. Not for `real`. */
  readonly apiServerFlags?: readonly string[] | undefined;
  /** Progress for people. Default: none. */
  readonly log?: ((line: string) => void) | undefined;
}

export interface Cluster {
  readonly size: ClusterSize;
  /** All its files; logs of its programs in `logs/`. */
  readonly folder: string;
  readonly kubeconfig: string;
  /** `https://127.0.0.1:…` */
  readonly server: string;
  /** Seconds that each part took to come up. */
  readonly times: ReadonlyMap<string, number>;
  process(name: string): RigProcess;
  /** Ends its processes, unmounts, and removes its folder. */
  stop(): Promise<void>;
}

const PROGRAMS: Record<ClusterSize, readonly ProgramName[]> = {
  /** The tests on `api` ask Argo's validation too. */
  api: ['etcd', 'kube-apiserver', 'argo-lint'],
  sim: ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kwok', 'workflow-controller'],
  real: ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'workflow-controller'],
};

/** Compiles and makes what a cluster of that size needs, unless the cache has it. */
export async function prepareCluster(size: ClusterSize, log: (line: string) => void): Promise<void> {
  for (const name of PROGRAMS[size]) await buildProgram(name, log);
  await prepareSeed(log);
  if (size === 'real') await (await import('./images.ts')).buildImages(log);
}

/** Brings a cluster up. When that fails, nothing of it stays. */
export async function startCluster({
  size,
  nodes = 40,
  apiServerFlags,
  log = () => {},
}: ClusterOptions): Promise<Cluster> {
  const lab = new Lab(log);
  const times = new Map<string, number>();
  const timed = async <T>(part: string, start: () => Promise<T>): Promise<T> => {
    const started = performance.now();
    const result = await start();
    times.set(part, (performance.now() - started) / 1000);
    log(`${part}: ready after ${times.get(part)!.toFixed(1)} s`);
    return result;
  };
  try {
    await seedEtcd(lab);
    const api = await startSize(lab, { size, nodes, apiServerFlags }, timed);
    return {
      size,
      folder: lab.folder,
      kubeconfig: api.kubeconfig,
      server: api.server,
      times,
      process: (name) => lab.processes.get(name)!,
      stop: () => lab.stop(),
    };
  } catch (error) {
    await lab.stop().catch(() => {}); // the first error says more
    throw error;
  }
}

type Timed = <T>(part: string, start: () => Promise<T>) => Promise<T>;

async function startSize(
  lab: Lab,
  { size, nodes = 0, apiServerFlags = [] }: ClusterOptions,
  timed: Timed,
): Promise<ControlPlane> {
  if (size === 'real') return (await import('./node-real.ts')).startReal(lab, timed);
  const api = await timed('API server', () => startControlPlane(lab, { flags: apiServerFlags }));
  if (size === 'api') return api;
  const { graceSeconds } = heartbeats(nodes);
  await Promise.all([
    timed('controllers', () => startControllers(lab, api, { nodeGraceSeconds: graceSeconds })),
    timed(`${nodes} simulated nodes`, () => startKwok(lab, api, { nodes: simulatedPools(nodes) })),
    timed('Argo', () => startArgo(lab, api)),
  ]);
  return api;
}
