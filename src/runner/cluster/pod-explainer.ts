import type { KubernetesClient } from '../../cluster/client.ts';
import type { LogWriter } from '../state/item-log.ts';
import { eventsAbout, lineOf } from './events.ts';

/** Pods of one task whose events are read: the others have the same to say. */
const MOST_PODS = 20;

/** Writes what the cluster says of pods that never ran their program into their logs, for the first such pods of a task. */
export class PodExplainer {
  readonly #client: KubernetesClient;
  #left = MOST_PODS;

  constructor(client: KubernetesClient) {
    this.#client = client;
  }

  async explain(uid: string, log: LogWriter): Promise<void> {
    if (this.#left === 0) return;
    this.#left--;
    for (const event of await eventsAbout(this.#client, uid))
      await log.write(Buffer.from(`podloom: event: ${lineOf(event)}\n`));
  }
}
