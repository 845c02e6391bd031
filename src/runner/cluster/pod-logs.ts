import type { KubernetesClient } from '../../cluster/client.ts';
import { ApiError } from '../../cluster/errors.ts';
import type { Clock } from '../clock.ts';
import { type LogWriter, StorageError } from '../state/item-log.ts';
import { LogReader } from './log-reader.ts';
import { isUnknown, patiently, pause } from './patience.ts';
import type { PodView } from './pod-view.ts';
import { Slots } from './slots.ts';

export interface PodLogsOptions {
  readonly client: KubernetesClient;
  readonly clock: Clock;
  /** Whose log is wanted. Default: `main`. */
  readonly container?: string | undefined;
  /** A pod that runs for so long is followed. Default 10,000: as long as a kubelet leaves logs alone. */
  readonly followAfterMillis?: number | undefined;
}

/** Of the streams that a client keeps open; the others are for watches, and for logs of pods that have ended. */
const FOLLOWED_SHARE = 0.75;
/** Logs of ended pods that are read at once. */
const READERS = 16;

/** The kubelet looks every 10 s whether a log has to be rotated, so that the log of a shorter pod is whole. */
const ROTATION_MILLIS = 10_000;
/** A node that does not answer for so long is lost, and the logs on it. */
const SILENT_MILLIS = 30_000;
/** A container runtime may still be writing when the pod is said to have ended. */
const SETTLE_MILLIS = 1000;
/** Readings of a log that do not come to where an earlier one had ended, until it is taken for cut. */
const MAX_SHORT = 5;
/** A first line later than this after the start, in a log that was not followed, may not be the first. */
const FIRST_LINE_MILLIS = 2000;

interface Followed {
  readonly reader: LogReader;
  readonly stop: AbortController;
  /** Settles when the container has ended, or the reader gave up for now. */
  done: Promise<void>;
  /** Until when the program had run when following began, in milliseconds. */
  readonly beganAfter: number;
}

/**
 * The logs of the pods of a run. Short pods cost one request when they have ended; those that run for longer are followed, so that
 * a rotation of the log on the node or the loss of the pod takes nothing away. What is not whole for sure is marked.
 */
export class PodLogs {
  readonly #options: PodLogsOptions;
  readonly #closing = new AbortController();
  /** Pods that run and are not followed yet, each with what follows it now and what cancels the time when that is due. */
  readonly #waiting = new Map<string, { readonly follow: () => void; readonly cancel: () => void }>();
  /** Of those, the ones whose time has come but that found no place, the earliest first. */
  readonly #due = new Set<string>();
  readonly #followed = new Map<string, Followed>();
  readonly #slots = new Slots(READERS);
  /** Nodes that do not answer, and since when. */
  readonly #silent = new Map<string, number>();
  #problem: StorageError | undefined;

  constructor(options: PodLogsOptions) {
    this.#options = options;
  }

  /** The program of a pod runs. When it is to be followed, `open` is asked for its log; `collect` then brings the rest. */
  running(pod: PodView, open: () => Promise<LogWriter>): void {
    const { clock, followAfterMillis = ROTATION_MILLIS } = this.#options;
    const ran = clock.now() - (pod.started ?? clock.now());
    const follow = (): void => {
      this.#stopWaiting(pod.uid);
      this.#follow(pod, open);
    };
    const cancel = clock.after(Math.max(0, followAfterMillis - ran), () => {
      if (this.#followed.size < this.#maxFollowed) follow();
      else this.#due.add(pod.uid);
    });
    this.#waiting.set(pod.uid, { follow, cancel });
  }

  /** Somebody wants this pod to go: it is followed at once, since its log goes with it. */
  hurry({ uid }: PodView): void {
    this.#waiting.get(uid)?.follow();
  }

  /** The program has ended: following it is not begun any more. `collect` comes next. */
  ended({ uid }: PodView): void {
    this.#stopWaiting(uid);
  }

  /**
   * The pod has ended or gone: everything that it printed and that is not there yet goes to the log that `open` opens, then a line
   * of podloom's own where something is missing, or may be; then `finish` is called. False: the reader was closed before all was read, and
   * the log is not complete. Rejects only when the log cannot be written. A few logs are open at once, however many pods end together.
   */
  async collect(pod: PodView, open: () => Promise<LogWriter>, finish: () => Promise<void>): Promise<boolean> {
    this.ended(pod);
    const followed = this.#followed.get(pod.uid);
    this.#stopFollowing(pod.uid);
    if (this.#problem !== undefined) throw this.#problem;
    if (followed !== undefined) await this.#letEnd(followed);
    else if (pod.started !== undefined) await pause(this.#options.clock, SETTLE_MILLIS, this.#closing.signal);
    return this.#slots.use(async () => {
      if (this.#problem !== undefined) throw this.#problem;
      if (this.#isClosed()) return false;
      const log = await open();
      if (pod.started !== undefined) await this.#bring(pod, log, followed);
      if (this.#isClosed()) return false; // the reading ended early
      await finish();
      return true;
    });
  }

  /** A signal is aborted at any time. */
  #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  async #bring(pod: PodView, log: LogWriter, followed: Followed | undefined): Promise<void> {
    const reader = followed?.reader ?? new LogReader(this.#options.client, pod.name, this.#options.container);
    const lost = await this.#readRest(pod, reader, log);
    const cut = lost ?? cutOf(pod, reader, followed);
    if (this.#isClosed()) return;
    if (cut !== undefined) await log.write(Buffer.from(`${reader.isInLine ? '\n' : ''}podloom: ${cut}\n`));
  }

  /** Nobody needs the log of this pod any more. */
  forget({ uid }: PodView): void {
    this.#stopWaiting(uid);
    this.#followed.get(uid)?.stop.abort();
    this.#stopFollowing(uid);
  }

  close(): void {
    this.#closing.abort();
    for (const { cancel } of this.#waiting.values()) cancel();
    this.#waiting.clear();
    this.#due.clear();
    for (const { stop } of this.#followed.values()) stop.abort();
  }

  get #maxFollowed(): number {
    return Math.floor(this.#options.client.maxStreams * FOLLOWED_SHARE);
  }

  #stopWaiting(uid: string): void {
    this.#waiting.get(uid)?.cancel();
    this.#waiting.delete(uid);
    this.#due.delete(uid);
  }

  /** Gives the place to the pod that has waited longest for one. */
  #stopFollowing(uid: string): void {
    if (!this.#followed.delete(uid) || this.#closing.signal.aborted) return;
    const [next] = this.#due;
    if (next !== undefined) this.#waiting.get(next)?.follow();
  }

  #follow(pod: PodView, open: () => Promise<LogWriter>): void {
    const { client, clock, container } = this.#options;
    const reader = new LogReader(client, pod.name, container);
    const stop = new AbortController();
    const followed: Followed = { reader, stop, done: Promise.resolve(), beganAfter: clock.now() - (pod.started ?? 0) };
    followed.done = this.#readOn(reader, open, stop.signal);
    this.#followed.set(pod.uid, followed);
  }

  /** Follows through lost connections, until the API server says that there is nothing more to follow. */
  async #readOn(reader: LogReader, open: () => Promise<LogWriter>, stop: AbortSignal): Promise<void> {
    try {
      const log = await open();
      await patiently(this.#options.clock, stop, () => reader.read(log, true, stop));
    } catch (error) {
      // What the server refuses now, the reading at the end will say again.
      if (error instanceof StorageError) this.#problem = error;
    }
  }

  /** The stream of an ended container ends by itself; when it does not, the last reading brings the rest. */
  async #letEnd({ done, stop }: Followed): Promise<void> {
    const tooLong = new AbortController();
    await Promise.race([done, pause(this.#options.clock, 5 * SETTLE_MILLIS, tooLong.signal)]);
    tooLong.abort();
    stop.abort();
    await done;
  }

  /** Returns why the rest could not be read, if so. */
  async #readRest(pod: PodView, reader: LogReader, log: LogWriter): Promise<string | undefined> {
    const { clock } = this.#options;
    const { signal } = this.#closing;
    const read = (): Promise<void> => patiently(clock, signal, () => this.#readFrom(pod.node ?? '', reader, log));
    try {
      await read();
      if (reader.firstLine === undefined) {
        // Nothing at all: either the program was silent, or the runtime is late.
        await pause(clock, SETTLE_MILLIS, signal);
        await read();
      }
      for (let short = 0; reader.mayBeCut && short < MAX_SHORT && !signal.aborted; ) {
        await read();
        short = reader.endedShort ? short + 1 : 0;
        if (short > 1) await pause(clock, SETTLE_MILLIS, signal);
      }
      return undefined;
    } catch (error) {
      // Who is not known (any more) does not know either whether there is a log.
      if (isUnknown(error) || !(error instanceof ApiError || error instanceof NodeSilent)) throw error;
      const rest = reader.firstLine === undefined ? 'the log is lost' : 'the rest of the log is lost';
      return `${rest}: ${goneOf(error) ?? error.message}`;
    }
  }

  /** A node that does not answer is asked for half a minute, since its kubelet may just be starting again; then it is taken for lost. */
  async #readFrom(node: string, reader: LogReader, log: LogWriter): Promise<void> {
    const now = this.#options.clock.now();
    try {
      await reader.read(log, false, this.#closing.signal);
      this.#silent.delete(node);
    } catch (error) {
      if (!(error instanceof ApiError && isOfKubelet(error))) throw error;
      const since = this.#silent.get(node) ?? now;
      this.#silent.set(node, since);
      if (now - since >= SILENT_MILLIS) throw new NodeSilent(error.message);
      throw error;
    }
  }
}

/** What is not there any more, if that is why a log cannot be read. */
function goneOf(error: Error): string | undefined {
  if (!(error instanceof ApiError && error.status === 404)) return undefined;
  return /^nodes? /.test(error.message) ? 'its node is gone' : 'the pod is gone';
}

/** The node of a pod has not answered for so long that its logs are given up. */
class NodeSilent extends Error {
  override readonly name = 'NodeSilent';
}

/** The API server could not reach the kubelet: it quotes the request that it made. */
function isOfKubelet({ status, message }: ApiError): boolean {
  return status >= 500 && message.includes('/containerLogs/');
}

/** Why a log that was read to its end may not be whole. */
function cutOf({ started, finished }: PodView, reader: LogReader, followed: Followed | undefined): string | undefined {
  if (reader.endedShort) return 'the log may be cut here: what follows could not be read';
  if (reader.hasGap) return 'the log may be cut here or above: the node had begun a new file before all was read';
  const first = reader.firstLine;
  if (started === undefined || first === undefined) return undefined;
  const ran = (finished ?? first) - started;
  const late = first - started;
  // Second-granular times of the kubelet against exact ones of the runtime.
  if (ran <= ROTATION_MILLIS || late <= FIRST_LINE_MILLIS) return undefined;
  if (followed !== undefined && followed.beganAfter <= ROTATION_MILLIS + FIRST_LINE_MILLIS) return undefined;
  return `the log may be cut at its beginning: it starts ${Math.round(late / 1000)} s after the program did`;
}
