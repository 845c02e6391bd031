import { resolve } from 'node:path';
import { KubernetesClient } from '../cluster/client.ts';
import { kubectlAccess } from '../cluster/kubectl/kubectl-access.ts';
import { splitCommand } from '../units/split-command.ts';
import type { ClusterFlags } from './cluster-connection.ts';
import type { Ports } from './ports.ts';
import { UsageError } from './usage-error.ts';

/** The cluster that kubectl talks to; `command` is how it is called: `microk8s kubectl`. `namespace`: where the flags say none. */
export async function connectWithKubectl(
  ports: Ports,
  command: string,
  flags: ClusterFlags,
  namespace: string | undefined,
): Promise<KubernetesClient> {
  const words = splitCommand(command);
  if (!words.ok) {
    const help = words.hint ?? 'Write how kubectl is called, such as `microk8s kubectl`.';
    throw new UsageError(`--kubectl ${JSON.stringify(command)} ${words.problem}`, help);
  }
  const { context, kubeconfig, as } = {
    ...flags,
    kubeconfig: flags.kubeconfig && resolve(ports.cwd, flags.kubeconfig),
  };
  const given = Object.entries({ context, kubeconfig, as }).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}=${value}`],
  );
  const options = { command: [...words.value, ...given], env: ports.env, cwd: ports.cwd };
  return new KubernetesClient(await kubectlAccess(options, flags.namespace ?? namespace));
}
