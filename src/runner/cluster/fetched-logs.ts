import type { KubernetesClient } from '../../cluster/client.ts';
import { ApiError } from '../../cluster/errors.ts';
import type { Clock } from '../clock.ts';
import type { LogWriter } from '../state/item-log.ts';
import { patiently } from './patience.ts';
import type { PodLogs } from './pod-logs.ts';
import { MAIN_CONTAINER, type PodView } from './pod-view.ts';

/** Reads the log of a pod once, when it has ended. */
export class FetchedLogs implements PodLogs {
  readonly #client: KubernetesClient;
  readonly #namespace: string;
  readonly #clock: Clock;
  readonly #closing = new AbortController();

  constructor(client: KubernetesClient, namespace: string, clock: Clock) {
    this.#client = client;
    this.#namespace = namespace;
    this.#clock = clock;
  }

  running(): void {}

  async collect(pod: PodView, log: LogWriter): Promise<void> {
    if (pod.started === undefined) return;
    try {
      await patiently(this.#clock, this.#closing.signal, () => this.#read(pod, log));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      await log.write(Buffer.from(`podloom: the log could not be read: ${error.message}\n`));
    }
  }

  close(): void {
    this.#closing.abort();
  }

  async #read(pod: PodView, log: LogWriter): Promise<void> {
    const { signal } = this.#closing;
    for await (const bytes of this.#client.log(this.#namespace, pod.name, { container: MAIN_CONTAINER, signal })) {
      await log.write(bytes);
    }
  }
}
