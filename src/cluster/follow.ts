import type { Clock } from './clock.ts';
import { ApiError, ConnectionError } from './errors.ts';
import type { Abortable, KubernetesObject, ObjectMetadata, WatchEvent } from './objects.ts';
import { isExpired, type Page } from './pages.ts';
import { backoffMillis } from './retry.ts';

export interface FollowOptions extends Abortable {
  /** All objects that there were at first have been given. Also called after each later list. */
  readonly onSynced?: (resourceVersion: string) => void;
  /** The connection was lost or refused; it is tried again in `delayMillis`. */
  readonly onLost?: (error: Error, delayMillis: number) => void;
}

/** What a follower asks the server. */
export interface FollowSource<T extends KubernetesObject> {
  pages(): AsyncIterable<Page<T>>;
  watch(resourceVersion: string): AsyncIterable<WatchEvent<T>>;
}

/** A refusal that is no matter of time is believed after so many in a row, half a minute; before the first list at once. */
const MAX_REFUSALS = 8;
const MAX_DELAY_MILLIS = 30_000;

/**
 * All objects, then each change, for ever: watches end, connections break and resource versions grow too old, and none
 * of it shows. After a gap that could not be watched the list is read again and compared, so that objects that went
 * meanwhile are given as `DELETED`.
 */
export async function* followObjects<T extends KubernetesObject>(
  source: FollowSource<T>,
  clock: Clock,
  options: FollowOptions,
): AsyncGenerator<WatchEvent<T>> {
  const { signal, onSynced, onLost } = options;
  const known = new Known<T>();
  let resourceVersion: string | undefined;
  let synced = false;
  let failures = 0;
  for (;;) {
    if (isAborted(signal)) return;
    const started = clock.now();
    let problem: Error | undefined;
    try {
      if (resourceVersion === undefined) {
        resourceVersion = yield* relist(source, known);
        synced = true;
        onSynced?.(resourceVersion);
      }
      for await (const event of source.watch(resourceVersion)) {
        failures = 0;
        resourceVersion = event.object.metadata.resourceVersion ?? resourceVersion;
        if (event.type === 'BOOKMARK') continue;
        known.note(event);
        yield event;
      }
    } catch (error) {
      if (isAborted(signal)) return;
      if (!isLoss(error)) throw error;
      if (isExpired(error)) resourceVersion = undefined;
      else if (isRefusal(error) && (!synced || failures >= MAX_REFUSALS)) throw error;
      problem = error;
    }
    // A watch that the server ends after minutes is no failure; one that ends at once, again and again, is.
    if (problem === undefined && clock.now() - started > MAX_DELAY_MILLIS) failures = 0;
    failures++;
    const delay = delayAfter(problem, failures);
    if (problem !== undefined) onLost?.(problem, delay);
    await clock.sleep(delay, signal).catch(() => undefined); // aborted: the loop ends
  }
}

/** A watch that ended as watches do is opened again soon. */
function delayAfter(problem: Error | undefined, failures: number): number {
  const backoff = failures === 1 ? 0 : backoffMillis(failures - 1, problem === undefined ? 1000 : MAX_DELAY_MILLIS);
  const asked = problem instanceof ApiError ? (problem.retryAfterSeconds ?? 0) * 1000 : 0;
  return Math.max(backoff, Math.min(asked, MAX_DELAY_MILLIS));
}

/** Gives what is new, other or gone compared to what is known. Returns the list's resource version. */
async function* relist<T extends KubernetesObject>(
  source: FollowSource<T>,
  known: Known<T>,
): AsyncGenerator<WatchEvent<T>, string> {
  const before = known.begin();
  let resourceVersion = '';
  for await (const page of source.pages()) {
    resourceVersion = page.resourceVersion;
    for (const object of page.items) {
      const old = before.get(keyOf(object));
      before.delete(keyOf(object));
      if (old !== undefined && old.metadata.uid !== object.metadata.uid) yield gone(old);
      const isSame = old !== undefined && old.metadata.uid === object.metadata.uid;
      const event: WatchEvent<T> = { type: isSame ? 'MODIFIED' : 'ADDED', object };
      known.note(event);
      if (!isSame || old.metadata.resourceVersion !== object.metadata.resourceVersion) yield event;
    }
  }
  for (const old of before.values()) {
    known.note({ type: 'DELETED', object: old });
    yield gone(old);
  }
  return resourceVersion;
}

function gone<T extends KubernetesObject>(object: T): WatchEvent<T> {
  return { type: 'DELETED', object, synthetic: true };
}

/** The metadata of each object that there is, to tell what went when nobody watched. */
class Known<T extends KubernetesObject> {
  readonly #objects = new Map<string, T>();

  note({ type, object }: WatchEvent<T>): void {
    if (type === 'DELETED') this.#objects.delete(keyOf(object));
    else this.#objects.set(keyOf(object), stubOf(object));
  }

  /** What is known now; the caller strikes out what it sees. */
  begin(): Map<string, T> {
    return new Map(this.#objects);
  }
}

function keyOf({ metadata }: KubernetesObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

function stubOf<T extends KubernetesObject>({ apiVersion, kind, metadata }: T): T {
  const { name, namespace, uid, resourceVersion, labels, annotations, ownerReferences } = metadata;
  const kept: ObjectMetadata = {
    name,
    ...(namespace !== undefined && { namespace }),
    ...(uid !== undefined && { uid }),
    ...(resourceVersion !== undefined && { resourceVersion }),
    ...(labels !== undefined && { labels }),
    ...(annotations !== undefined && { annotations }),
    ...(ownerReferences !== undefined && { ownerReferences }),
  };
  return { apiVersion, kind, metadata: kept } as unknown as T;
}

/** Aborted is what a signal becomes at any time. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

/** Errors that a new connection may cure; others are bugs of the caller or of us. */
function isLoss(error: unknown): error is Error {
  return error instanceof ApiError || error instanceof ConnectionError || error instanceof SyntaxError;
}

function isRefusal(error: Error): boolean {
  if (error instanceof ConnectionError) return !error.transient;
  return error instanceof ApiError && error.status < 500 && ![408, 409, 410, 429].includes(error.status);
}
