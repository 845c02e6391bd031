import type { ControlPlane } from './control-plane.ts';
import type { Lab } from './lab.ts';
import type { RigProcess } from './process.ts';

export interface ControllersOptions {
  /**
   * Seconds without a renewed lease after which a node is NotReady. Default: Kubernetes' own, which fits a kubelet (it renews
   * every 10 s).
   */
  readonly nodeGraceSeconds?: number | undefined;
}

export interface Controllers {
  readonly controllerManager: RigProcess;
  readonly scheduler: RigProcess;
}

/** With client-go's default of 20 a second, a Job of 5,000 pods takes 8 minutes instead of 2. */
const CLIENT = ['--kube-api-qps=1000', '--kube-api-burst=2000', '--leader-elect=false', '--secure-port=0'];

/** kube-controller-manager and kube-scheduler. They serve no port; that they work shows in what they do. */
export async function startControllers(
  lab: Lab,
  api: ControlPlane,
  { nodeGraceSeconds }: ControllersOptions = {},
): Promise<Controllers> {
  const [manager, scheduler] = await Promise.all([
    lab.program('kube-controller-manager'),
    lab.program('kube-scheduler'),
  ]);
  const access = [`--kubeconfig=${api.insideKubeconfig}`, ...CLIENT];
  return {
    controllerManager: lab.start('kube-controller-manager', [
      manager,
      ...access,
      `--service-account-private-key-file=${api.serviceAccountKey}`,
      // Pods verify the API server with it.
      `--root-ca-file=${api.ca}`,
      // Tests take nodes down and wait for what follows: look every second, and do not spread evictions over minutes.
      '--node-monitor-period=1s',
      ...(nodeGraceSeconds === undefined ? [] : [`--node-monitor-grace-period=${nodeGraceSeconds}s`]),
      '--node-eviction-rate=100',
      '--secondary-node-eviction-rate=100',
      // Finished pods are what tests look at.
      '--terminated-pod-gc-threshold=1000000',
      '--concurrent-job-syncs=20',
      // It tells kubelets how long to keep Secrets, and tells all nodes anew when their number has grown.
      '--controllers=*,-ttl-controller',
    ]),
    scheduler: lab.start('kube-scheduler', [scheduler, ...access]),
  };
}
