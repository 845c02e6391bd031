import type { SentAccess } from '../client.ts';
import { type KubectlOptions, KubectlRequests } from './kubectl-requests.ts';

/** What `kubectl config view --minify -o json` prints, as far as it is used. */
interface ConfigView {
  readonly 'current-context'?: string;
  readonly clusters?: readonly { readonly cluster?: { readonly server?: string } }[] | null;
  readonly contexts?: readonly { readonly context?: { readonly namespace?: string } }[] | null;
}

/** Which cluster and namespace kubectl means. Rejects with an AccessError when it cannot be started or does not know. */
export async function kubectlAccess(options: KubectlOptions, namespace: string | undefined): Promise<SentAccess> {
  const sender = new KubectlRequests(options);
  const view = (await sender.run(['config', 'view', '--minify', '-o', 'json'])) as ConfigView;
  const context = view.contexts?.[0]?.context;
  return {
    sender,
    server: view.clusters?.[0]?.cluster?.server ?? `of ${options.command.join(' ')}`,
    namespace: namespace ?? (context?.namespace || 'default'),
    context: view['current-context'] || undefined,
  };
}
