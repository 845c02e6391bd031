import type { IncomingMessage, ServerResponse } from 'node:http';
import { Gateway } from '../../rig/gateway.ts';

/** Answers of an API server that has too much to do, or is starting. */
const STORM = [
  { status: 429, reason: 'TooManyRequests', retryAfter: '1' },
  { status: 500, reason: 'InternalError' },
  { status: 503, reason: 'ServiceUnavailable' },
] as const;

/** How a watch ends without a word of the server. */
export type WatchEnd = 'ended' | 'reset' | 'silent';
export const WATCH_ENDS: readonly WatchEnd[] = ['ended', 'reset', 'silent'];

/**
 * A network before the API server that fails as it is told to.
 *
 *   const network = await FaultyNetwork.start(kubeconfig, random);
 *   network.isStormy = true;      // most requests are answered with 429, 500 or 503
 *   network.endWatches('reset');  // those that are open now
 *   network.logsToCut = 5;        // that many answers with logs end in the middle
 */
export class FaultyNetwork {
  readonly #random: () => number;
  /** What lets a request for a log go on; undefined: none is held. */
  #held: (() => void)[] | undefined;
  readonly #watches = new Set<(how: WatchEnd) => void>();
  #gateway!: Gateway;
  isStormy = false;
  isCut = false;
  logsToCut = 0;
  /** Watches of pods tell nothing, as when they are behind; lists do. */
  hidesPods = false;
  /** So many lists of the pods of one Job are to be empty. */
  staleLists = 0;
  /** Requests that got no proper answer. */
  disturbed = 0;
  /** Watches that the API server ended with 410, and lists that it refused with it. */
  expired = 0;
  /** Requests that the API server refused because it did not know who asked. */
  unauthorized = 0;

  private constructor(random: () => number) {
    this.#random = random;
  }

  static async start(kubeconfig: string, random: () => number): Promise<FaultyNetwork> {
    const network = new FaultyNetwork(random);
    network.#gateway = await Gateway.start(kubeconfig, {
      answers: (request, response) => network.#answers(request, response),
      pass: (request, answer, response) => network.#pass(request, answer, response),
    });
    return network;
  }

  writeKubeconfig(path: string): void {
    this.#gateway.writeKubeconfig(path);
  }

  stop(): Promise<void> {
    return this.#gateway.stop();
  }

  /** From now on requests for logs wait. */
  holdLogs(): void {
    this.#held = [];
  }

  releaseLogs(): void {
    for (const go of this.#held ?? []) go();
    this.#held = undefined;
  }

  /** How many wait. */
  get heldLogs(): number {
    return this.#held?.length ?? 0;
  }

  /** Returns how many there were. */
  endWatches(how: WatchEnd): number {
    const ends = [...this.#watches];
    for (const end of ends) end(how);
    return ends.length;
  }

  #answers(request: IncomingMessage, response: ServerResponse): boolean {
    if (this.isCut) {
      this.disturbed++;
      request.socket.destroy();
      return true;
    }
    if (this.staleLists > 0 && /\/pods\?.*job-name/.test(request.url ?? '')) {
      this.staleLists--;
      this.disturbed++;
      const list = { kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items: [] };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(list));
      return true;
    }
    if (!this.isStormy || this.#random() < 0.1) return false;
    this.disturbed++;
    const { status, reason, ...more } = STORM[Math.floor(this.#random() * STORM.length)]!;
    const body = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, message: 'a storm', code: status };
    const retry = 'retryAfter' in more ? { 'retry-after': more.retryAfter } : {};
    request.resume();
    response.writeHead(status, { 'content-type': 'application/json', ...retry }).end(JSON.stringify(body));
    return true;
  }

  #pass(request: IncomingMessage, answer: IncomingMessage, response: ServerResponse): void {
    const url = request.url ?? '';
    if (answer.statusCode === 401) this.unauthorized++;
    if (answer.statusCode === 410) this.expired++;
    if (this.hidesPods && /\/pods\?.*watch=true/.test(url)) this.disturbed++;
    else if (url.includes('/log?') && this.#held !== undefined) this.#held.push(() => answer.pipe(response));
    else if (url.includes('watch=true')) this.#passWatch(answer, response);
    else if (url.includes('/log?') && this.logsToCut > 0) this.#cutLog(answer, response);
    else answer.pipe(response);
  }

  #passWatch(answer: IncomingMessage, response: ServerResponse): void {
    const end = (how: WatchEnd): void => {
      this.disturbed++;
      this.#watches.delete(end);
      answer.unpipe(response);
      answer.resume();
      if (how === 'ended') response.end();
      if (how === 'reset') response.destroy();
    };
    this.#watches.add(end);
    response.on('close', () => this.#watches.delete(end));
    answer.on('data', (chunk: Buffer) => {
      if (chunk.includes('"code":410')) this.expired++;
    });
    answer.pipe(response);
  }

  /** Somewhere in the first kilobyte: with an error, or in the middle of a line as if that were all. */
  #cutLog(answer: IncomingMessage, response: ServerResponse): void {
    this.logsToCut--;
    const isSilent = this.#random() < 0.5;
    let left = Math.floor(this.#random() * 1000);
    answer.on('end', () => {
      if (left > 0) response.end();
    });
    answer.on('data', (chunk: Buffer) => {
      if (left <= 0) return;
      const piece = chunk.subarray(0, left);
      left -= chunk.length;
      if (left > 0) {
        response.write(piece);
        return;
      }
      this.disturbed++;
      const isInLine = piece.at(-1) !== 0x0a;
      if (isSilent && isInLine) response.end(piece);
      else response.write(piece, () => response.destroy());
    });
  }
}
