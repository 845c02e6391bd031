import { KubernetesClient } from '../../../src/cluster/client.ts';
import type { ControlPlane } from './control-plane.ts';
import type { Lab } from './lab.ts';
import type { RigProcess } from './process.ts';

export interface ArgoOptions {
  /** Image of argoexec. Default: a name that no node can pull, for clusters whose pods have no containers. */
  readonly executorImage?: string | undefined;
}

/** Namespace of the controller. */
const NAMESPACE = 'argo';

/**
 * What the controller reads when it starts. No metrics: they would be served to the network.
 * Events of each node are many, and nothing in the tests reads them.
 */
const CONFIGURATION = {
  metricsConfig: { enabled: false },
  telemetryConfig: { enabled: false },
  nodeEvents: { enabled: false },
};

/** Argo's workflow-controller, for the workflows of all namespaces. Its definitions are there already: etcd-seed.ts. */
export async function startArgo(
  lab: Lab,
  api: ControlPlane,
  { executorImage = 'argoexec:simulated' }: ArgoOptions = {},
): Promise<RigProcess> {
  const client = await KubernetesClient.connect({ kubeconfig: api.kubeconfig });
  try {
    const [program] = await Promise.all([
      lab.program('workflow-controller'),
      client
        .create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } })
        .then(() => client.create(configMap())),
    ]);
    return lab.start(
      'workflow-controller',
      [
        program,
        `--kubeconfig=${api.insideKubeconfig}`,
        `--namespace=${NAMESPACE}`,
        `--executor-image=${executorImage}`,
        '--executor-image-pull-policy=IfNotPresent',
        '--qps=200',
        '--burst=400',
      ],
      {
        env: {
          ARGO_POD_NAMESPACE: NAMESPACE,
          POD_NAMESPACE: NAMESPACE,
          LEADER_ELECTION_DISABLE: 'true',
          // A workflow is looked at again after this at the earliest; the default of 10 s is what a step would take here.
          DEFAULT_REQUEUE_TIME: '200ms',
        },
      },
    );
  } finally {
    client.close();
  }
}

function configMap() {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'workflow-controller-configmap', namespace: NAMESPACE },
    data: { config: JSON.stringify(CONFIGURATION) },
  };
}
