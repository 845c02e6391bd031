import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { type Clock, systemClock } from '../clock.ts';
import { AccessError, ConnectionError } from '../errors.ts';
import type { RequestOptions } from '../options.ts';
import { withQuery } from '../query.ts';
import { withRetries } from '../retry.ts';
import type { Sender } from '../sender.ts';
import { kubectlError } from './kubectl-errors.ts';
import { namelessFile, patchArguments } from './kubectl-patch.ts';

export interface KubectlOptions {
  /** The program and its first arguments: `microk8s`, `kubectl`, `--context`, `lab`. */
  readonly command: readonly string[];
  /** Environment of the processes. */
  readonly env: { readonly [name: string]: string | undefined };
  /** Working directory of the processes. */
  readonly cwd: string;
  /** Default: the real one. */
  readonly clock?: Clock;
  /** Processes for short requests at once. Default: 6. */
  readonly maxProcesses?: number;
}

/** kubectl's commands that send a request as it is, and give the answer as it comes. */
const verbs: { readonly [method: string]: string } = { GET: 'get', POST: 'create', PUT: 'replace', DELETE: 'delete' };
/** What is kept of what kubectl prints on stderr. */
const MAX_ERROR = 64 * 1024;

type Kubectl = ChildProcessByStdio<Writable | null, Readable, Readable>;

interface Opened {
  readonly first: IteratorResult<Uint8Array>;
  readonly chunks: AsyncIterator<Uint8Array>;
  end(): Promise<void>;
  stop(): void;
}

/**
 * Requests that processes of kubectl send (`kubectl get --raw <path>`), for clusters whose credentials only kubectl can handle.
 * No shell is started. Each request is a process, about 50 ms of it, so this is a way out and not the usual way.
 */
export class KubectlRequests implements Sender {
  readonly clock: Clock;
  /** Each is a process. */
  readonly maxStreams = 12;
  readonly #options: KubectlOptions;
  readonly #running = new Set<Kubectl>();
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(options: KubectlOptions) {
    this.#options = options;
    this.clock = options.clock ?? systemClock;
    this.#free = options.maxProcesses ?? 6;
  }

  close(): void {
    for (const child of this.#running) child.kill();
  }

  /** `accept`, `contentType` and `idleMillis` have no meaning here: kubectl speaks JSON, and watches over its connections. */
  async send(method: string, path: string, options: RequestOptions): Promise<unknown> {
    const body = options.body === undefined ? undefined : JSON.stringify(options.body);
    const args = argumentsFor(method, path, options);
    if (args === undefined)
      throw new AccessError(
        `kubectl cannot send ${method} ${path}`,
        'This command needs a kubeconfig that podloom can read: leave out `--kubectl`.',
      );
    const attempt = () => this.#whenFree(() => this.#once(`${method} ${path}`, args, body, options.signal));
    if (options.retry === false) return attempt();
    const idempotent = options.idempotent ?? method !== 'POST';
    return withRetries(attempt, idempotent, this.clock, options.signal);
  }

  /** Asked again (`retry`) only while nothing came. When the signal is aborted it ends. */
  async *stream(path: string, { query, signal, retry = true }: RequestOptions): AsyncGenerator<Uint8Array> {
    const url = withQuery(path, query ?? {});
    const open = () => this.#open(url, signal);
    let opened: Opened | undefined;
    try {
      if (signal?.aborted === true) return;
      opened = retry ? await withRetries(open, true, this.clock, signal) : await open();
      for (let next = opened.first; next.done !== true; next = await opened.chunks.next()) yield next.value;
      await opened.end();
    } catch (error) {
      if (signal?.aborted !== true) throw error;
    } finally {
      opened?.stop();
    }
  }

  /** Resolves with the first bytes of the answer. */
  async #open(url: string, signal: AbortSignal | undefined): Promise<Opened> {
    signal?.throwIfAborted();
    const { child, end } = this.#start(['get', '--raw', url], signal);
    child.stdin?.end();
    const chunks = child.stdout[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    const first = await chunks.next();
    if (first.done === true) await end(`GET ${url}`);
    return {
      ...{ first, chunks, end: () => end(`GET ${url}`) },
      stop: () => {
        child.stdout.destroy();
        child.kill();
      },
    };
  }

  /** Any command of kubectl that prints one answer: its JSON, or its text when it is none. */
  run(args: readonly string[], signal?: AbortSignal): Promise<unknown> {
    return this.#once(`kubectl ${args.join(' ')}`, args, undefined, signal);
  }

  async #once(request: string, args: readonly string[], body: string | undefined, signal: AbortSignal | undefined) {
    signal?.throwIfAborted();
    const file = args[0] === 'patch' ? namelessFile(body ?? '') : undefined;
    const { child, end } = this.#start(args, signal, file);
    if (file !== undefined) closeSync(file);
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stdin?.end(body);
    await end(request);
    const text = Buffer.concat(chunks).toString('utf8');
    return text.startsWith('{') || text.startsWith('[') ? (JSON.parse(text) as unknown) : text;
  }

  /** `input`: a file as standard input; undefined: a stream. */
  #start(args: readonly string[], signal: AbortSignal | undefined, input?: number) {
    const { command, env, cwd } = this.#options;
    const [program = '', ...first] = command;
    const child = spawn(program, [...first, ...args], {
      env: { ...env },
      cwd,
      stdio: [input ?? 'pipe', 'pipe', 'pipe'],
      signal: signal ?? undefined,
    }) as Kubectl; // what it prints is piped
    this.#running.add(child);
    let printed = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (printed.length < MAX_ERROR) printed += text;
    });
    child.on('error', () => {}); // `end` says it
    child.stdin?.on('error', () => {}); // it ended before it read all: its exit code says why
    const closed = once(child, 'close').finally(() => this.#running.delete(child));
    closed.catch(() => {});
    const end = async (request: string): Promise<void> => {
      let code: number | null;
      try {
        [code] = (await closed) as [number | null];
      } catch (error) {
        signal?.throwIfAborted();
        throw startError(program, error as NodeJS.ErrnoException);
      }
      signal?.throwIfAborted();
      if (code === 0) return;
      if (code === null) throw new ConnectionError(request, 'ECONNRESET', 'kubectl was ended', false);
      throw kubectlError(request, printed);
    };
    return { child, end };
  }

  async #whenFree<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}

function argumentsFor(method: string, path: string, options: RequestOptions): string[] | undefined {
  if (method === 'PATCH') return patchArguments(path, options);
  const verb = verbs[method];
  if (verb === undefined) return undefined;
  return [verb, '--raw', withQuery(path, options.query ?? {}), ...(options.body === undefined ? [] : ['-f', '-'])];
}

function startError(program: string, { code }: NodeJS.ErrnoException): AccessError {
  const problem = code === 'ENOENT' ? 'there is no such program' : `${code}`;
  return new AccessError(`${program} cannot be started: ${problem}`, 'Check what `--kubectl` names.');
}
