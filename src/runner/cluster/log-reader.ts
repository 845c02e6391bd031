import type { KubernetesClient } from '../../cluster/client.ts';
import type { LogWriter } from '../state/item-log.ts';
import { LogPosition } from './log-position.ts';
import { MAIN_CONTAINER } from './pod-view.ts';

/** What came all at once, its end with it, cannot have been cut in between. */
const AT_ONCE_MILLIS = 100;

/**
 * Brings the log of one container here, in as many readings as it takes: each goes on where the last one ended. Memory: one chunk
 * and one position.
 */
export class LogReader {
  readonly #client: KubernetesClient;
  readonly #pod: string;
  readonly #container: string;
  readonly #position = new LogPosition();
  #mayBeCut = false;

  constructor(client: KubernetesClient, pod: string, container = MAIN_CONTAINER) {
    this.#client = client;
    this.#pod = pod;
    this.#container = container;
  }

  /** When the first line was written, in milliseconds since 1970; undefined: nothing was read. */
  get firstLine(): number | undefined {
    return this.#position.firstLine;
  }

  /** Whether lines may be missing between two readings. */
  get hasGap(): boolean {
    return this.#position.hasGap;
  }

  /** What was read ends in the middle of a line. */
  get isInLine(): boolean {
    return this.#position.isInLine;
  }

  /**
   * Whether the last reading may have ended before the log did, though it ended in good order: the API server passes on what a kubelet
   * sends, and when that breaks off (v1.36, `StreamObject`) nobody says so. Another reading then brings more, or nothing new.
   */
  get mayBeCut(): boolean {
    return this.#mayBeCut;
  }

  /** The last reading did not even come to where the one before it had ended. */
  get endedShort(): boolean {
    return this.#position.endedShort;
  }

  /**
   * Reads to the end of what there is (`follow`: to the end of the container) and writes what is new. Throws what the API server
   * or the connection says; what came until then is written.
   */
  async read(log: LogWriter, follow: boolean, signal: AbortSignal): Promise<void> {
    const { since } = this.#position;
    const bytes = this.#client.log(this.#client.namespace, this.#pod, {
      container: this.#container,
      timestamps: true,
      follow,
      ...(since !== undefined && { sinceTime: since }),
      signal,
    });
    this.#position.restart();
    let [first, brought] = [0, 0];
    try {
      for await (const chunk of bytes) {
        first ||= performance.now();
        const news = this.#position.take(chunk);
        brought += news.length;
        if (news.length > 0) await log.write(news);
      }
    } finally {
      this.#position.end();
    }
    const { isInLine, endedShort } = this.#position;
    this.#mayBeCut = endedShort || (brought > 0 && (isInLine || performance.now() - first > AT_ONCE_MILLIS));
  }
}
