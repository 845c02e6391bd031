import type { SentAccess } from '../cluster/client.ts';
import { kubectlAccess } from '../cluster/kubectl/kubectl-access.ts';
import { splitCommand } from '../units/split-command.ts';
import type { ClusterFlags } from './cluster-connection.ts';
import type { Ports } from './ports.ts';
import { UsageError } from './usage-error.ts';

/** The cluster that kubectl talks to; `command` is how it is called: `microk8s kubectl`. Default of `namespace`: what kubectl would take. */
export async function kubectlAccessTo(
  { cwd, env }: Ports,
  command: string,
  flags: Pick<ClusterFlags, 'context' | 'kubeconfig' | 'as'>,
  namespace: string | undefined,
): Promise<SentAccess> {
  const words = splitCommand(command);
  if (!words.ok) {
    const help = words.hint ?? 'Write how kubectl is called, such as `microk8s kubectl`.';
    throw new UsageError(`--kubectl ${JSON.stringify(command)} ${words.problem}`, help);
  }
  const given = Object.entries(flags).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`]));
  return kubectlAccess({ command: [...words.value, ...given], env, cwd }, namespace);
}
