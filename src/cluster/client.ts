import type { ClusterAccess } from './access.ts';
import { Discovery } from './discovery.ts';
import { ApiError } from './errors.ts';
import { type FollowOptions, followObjects } from './follow.ts';
import {
  type Abortable,
  type ApplyOptions,
  type DeleteOptions,
  FIELD_MANAGER,
  type KubernetesObject,
  type ObjectKind,
  type ObjectList,
  type ObjectQuery,
  type ObjectRef,
  type PatchOptions,
  type WatchEvent,
  type WriteOptions,
} from './objects.ts';
import type { ClientOptions, LogOptions, Query, RequestOptions, WatchOptions } from './options.ts';
import { isExpired, type Page, pages, type RawList } from './pages.ts';
import { Requests } from './requests.ts';
import { type Place, resourcePath } from './resources.ts';
import type { Sender } from './sender.ts';
import { watchEvents } from './watch.ts';

/** Only `metadata` of lists and objects. */
const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const METADATA_OBJECT = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
/** A list that expires again and again while it is read is given up after so many times. */
const MAX_LISTS = 5;

const patchTypes = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
} as const;

/** An API server that something else than connections of ours leads to. */
export interface SentAccess extends Pick<ClusterAccess, 'server' | 'namespace' | 'context'> {
  readonly sender: Sender;
}

/** A client of one API server. Rejections are ApiError, ConnectionError or AccessError, or the reason of the signal. */
export class KubernetesClient {
  /** Namespace of objects that name none. */
  readonly namespace: string;
  readonly server: string;
  /** Name of the kubeconfig's context; undefined inside a cluster. */
  readonly context: string | undefined;
  readonly #requests: Sender;
  readonly #discovery: Discovery;
  readonly #watchIdleMillis: number;

  constructor(access: ClusterAccess | SentAccess, options: ClientOptions = {}) {
    this.namespace = access.namespace;
    this.server = access.server;
    this.context = access.context;
    this.#requests = 'sender' in access ? access.sender : new Requests(access, options);
    this.#discovery = new Discovery(this.#requests);
    this.#watchIdleMillis = options.watchIdleMillis ?? 150_000;
  }

  /** Reads the configuration; nothing is sent yet. */
  static async connect(options: ClientOptions = {}): Promise<KubernetesClient> {
    const { loadAccess } = await import('./load-access.ts');
    return new KubernetesClient(await loadAccess(options), options);
  }

  /** Watches and logs that it keeps open at once; more wait. */
  get maxStreams(): number {
    return this.#requests.maxStreams;
  }

  /** Ends all connections. What follows for ever would open new ones: abort its signal first. */
  close(): void {
    this.#requests.close();
  }

  /** undefined: there is no such object (404), or its kind is not installed. */
  async get<T extends KubernetesObject = KubernetesObject>(
    ref: ObjectRef,
    options: Abortable = {},
  ): Promise<T | undefined> {
    return unlessMissing(
      async () => (await this.request('GET', await this.#path(ref, this.#place(ref)), options)) as T,
    );
  }

  /** All at once; `pages` and `items` keep less in memory. */
  async list<T extends KubernetesObject = KubernetesObject>(
    query: ObjectQuery,
    options: Abortable = {},
  ): Promise<ObjectList<T>> {
    for (let lists = 1; ; lists++) {
      const items: T[] = [];
      let resourceVersion = '';
      try {
        for await (const page of this.#pages<T>(query, options, 'restart')) {
          items.push(...page.items);
          resourceVersion = page.resourceVersion;
        }
        return { items, resourceVersion };
      } catch (error) {
        if (!isExpired(error) || lists >= MAX_LISTS) throw error;
      }
    }
  }

  /** The pages of a list, one in memory at a time. `retry`: the first is asked for again after faults that may pass. Default: true. */
  pages<T extends KubernetesObject = KubernetesObject>(
    query: ObjectQuery,
    { retry, ...options }: Abortable & { readonly retry?: boolean } = {},
  ): AsyncGenerator<Page<T>> {
    return this.#pages<T>(query, options, 'goOn', retry);
  }

  /** The objects of a list, a page in memory at a time. */
  async *items<T extends KubernetesObject = KubernetesObject>(
    query: ObjectQuery,
    options: Abortable = {},
  ): AsyncGenerator<T> {
    for await (const page of this.pages<T>(query, options)) yield* page.items;
  }

  /** One watch: ends when the server ends it or the signal is aborted; throws what goes wrong. */
  async *watch<T extends KubernetesObject = KubernetesObject>(
    query: ObjectQuery,
    options: WatchOptions = {},
  ): AsyncGenerator<WatchEvent<T>> {
    const { resourceVersion, timeoutSeconds, signal, retry } = options;
    const path = await this.#path(query, { namespace: query.namespace });
    const bytes = this.#requests.stream(path, {
      query: { ...selectors(query), watch: true, allowWatchBookmarks: true, resourceVersion, timeoutSeconds },
      ...(query.metadataOnly === true && { accept: METADATA_OBJECT }),
      ...(retry !== undefined && { retry }),
      signal,
      idleMillis: this.#watchIdleMillis,
    });
    yield* watchEvents<T>(`GET ${path}`, query, bytes);
  }

  /** List and watch for ever, whatever happens to the connection, until the signal is aborted. */
  follow<T extends KubernetesObject = KubernetesObject>(
    query: ObjectQuery,
    options: FollowOptions = {},
  ): AsyncGenerator<WatchEvent<T>> {
    const { signal } = options;
    const source = {
      pages: () => this.#pages<T>(query, { signal }, 'restart', false),
      watch: (resourceVersion: string) => this.watch<T>(query, { resourceVersion, signal, retry: false }),
    };
    return followObjects<T>(source, this.#requests.clock, options);
  }

  async create<T extends KubernetesObject = KubernetesObject>(object: object, options: WriteOptions = {}): Promise<T> {
    const { metadata, ...kind } = object as KubernetesObject;
    const path = await this.#path(kind, { namespace: metadata?.namespace ?? this.namespace });
    const { signal } = options;
    return (await this.request('POST', path, { signal, query: writeQuery(options), body: object })) as T;
  }

  /** Server-side apply: makes the fields given so, and takes away those that the manager gave before and no longer does. */
  async apply<T extends KubernetesObject = KubernetesObject>(object: object, options: ApplyOptions = {}): Promise<T> {
    const { apiVersion, kind, metadata } = object as KubernetesObject;
    const place = { ...this.#place({ apiVersion, kind, ...metadata }), subresource: options.subresource };
    return (await this.request('PATCH', await this.#path({ apiVersion, kind }, place), {
      signal: options.signal,
      query: { ...writeQuery(options), ...(options.force === true && { force: true }) },
      body: object,
      contentType: 'application/apply-patch+yaml',
      idempotent: true,
    })) as T;
  }

  async patch<T extends KubernetesObject = KubernetesObject>(
    ref: ObjectRef,
    patch: unknown,
    options: PatchOptions,
  ): Promise<T> {
    const path = await this.#path(ref, { ...this.#place(ref), subresource: options.subresource });
    return (await this.request('PATCH', path, {
      signal: options.signal,
      query: writeQuery(options),
      body: patch,
      contentType: patchTypes[options.type],
      idempotent: options.type !== 'json',
    })) as T;
  }

  /** False: there was no such object. The object may still be there for a while, until its finalizers are done. */
  async delete(ref: ObjectRef, options: DeleteOptions = {}): Promise<boolean> {
    const { signal } = options;
    const answer = await unlessMissing(async () =>
      this.request('DELETE', await this.#path(ref, this.#place(ref)), { signal, body: deleteBody(options) }),
    );
    return answer !== undefined;
  }

  /** Deletes all that the query means, in one namespace if the kind has any. */
  async deleteCollection(query: ObjectQuery, options: DeleteOptions = {}): Promise<void> {
    const resource = await this.#discovery.find(query);
    const { apiVersion, namespace } = query;
    if (resource.namespaced && namespace === undefined) throw new TypeError('deleteCollection needs a namespace');
    await this.request('DELETE', resourcePath(apiVersion, resource, { namespace }), {
      signal: options.signal,
      query: selectors(query),
      body: deleteBody(options),
    });
  }

  /** The bytes of a container's log as they come. A connection that is cut throws a ConnectionError: there may be more. */
  async *log(namespace: string, pod: string, options: LogOptions = {}): AsyncGenerator<Uint8Array> {
    const { signal, ...query } = options;
    const path = await this.#path({ apiVersion: 'v1', kind: 'Pod' }, { namespace, name: pod, subresource: 'log' });
    const idleMillis = options.follow === true ? Number.POSITIVE_INFINITY : undefined;
    yield* this.#requests.stream(path, { query, accept: '*/*', signal, idleMillis });
  }

  /** Any request; gives the JSON of the answer, or its text when it is none. `path` begins with `/`. */
  request(method: string, path: string, options: RequestOptions = {}): Promise<unknown> {
    return this.#requests.send(method, path, options);
  }

  /** `retryFirst`: whether faults of the first page are tried again; those of later pages always are. */
  async *#pages<T extends KubernetesObject>(
    query: ObjectQuery,
    { signal }: Abortable,
    whenExpired: 'restart' | 'goOn',
    retryFirst = true,
  ): AsyncGenerator<Page<T>> {
    const path = await this.#path(query, { namespace: query.namespace });
    const accept = query.metadataOnly === true ? { accept: METADATA_LIST } : {};
    const getPage = async (parameters: Query) =>
      (await this.request('GET', path, {
        ...accept,
        query: { ...selectors(query), ...parameters },
        signal,
        retry: retryFirst || parameters['continue'] !== undefined,
      })) as RawList;
    yield* pages<T>(getPage, query, whenExpired);
  }

  #place({ name, namespace }: ObjectRef): Place {
    return { name, namespace: namespace ?? this.namespace };
  }

  async #path(kind: ObjectKind, place: Place): Promise<string> {
    return resourcePath(kind.apiVersion, await this.#discovery.find(kind), place);
  }
}

async function unlessMissing<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

function selectors({ labelSelector, fieldSelector }: ObjectQuery): Query {
  return { labelSelector, fieldSelector };
}

function writeQuery({ dryRun, fieldValidation, fieldManager }: WriteOptions): Query {
  return {
    fieldManager: fieldManager ?? FIELD_MANAGER,
    fieldValidation: fieldValidation ?? 'Strict',
    dryRun: dryRun === true ? 'All' : undefined,
  };
}

function deleteBody({ propagationPolicy, uid, gracePeriodSeconds, dryRun }: DeleteOptions): object {
  return {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    propagationPolicy: propagationPolicy ?? 'Background',
    ...(uid !== undefined && { preconditions: { uid } }),
    ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
    ...(dryRun === true && { dryRun: ['All'] }),
  };
}
