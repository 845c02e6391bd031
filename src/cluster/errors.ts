export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}
export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

/** `Status` of the API server (meta/v1), as far as it is used. */
export interface Status {
  readonly message?: string;
  /** `NotFound`, `AlreadyExists`, `Conflict`, `Invalid`, `Forbidden`, `Expired`, … */
  readonly reason?: string;
  readonly code?: number;
  readonly details?: StatusDetails;
  readonly metadata?: { readonly continue?: string };
}

/** The API server refused a request, or ended a watch with an `ERROR` event. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status. */
  readonly status: number;
  /** Empty when the answer was no `Status` (a proxy in between). */
  readonly reason: string;
  readonly details: StatusDetails;
  /** How long the server wants to be left alone. */
  readonly retryAfterSeconds: number | undefined;
  /** `POST /api/v1/namespaces/default/pods`. */
  readonly request: string;
  /** Of an expired list: where an inconsistent continuation may go on. */
  readonly continueToken: string | undefined;

  constructor(request: string, status: number, body: Status, retryAfterSeconds?: number) {
    super(body.message ?? `the API server answered with ${status}`);
    this.request = request;
    this.status = status;
    this.reason = body.reason ?? '';
    this.details = body.details ?? {};
    this.retryAfterSeconds = retryAfterSeconds ?? body.details?.retryAfterSeconds;
    this.continueToken = body.metadata?.continue;
  }

  get causes(): readonly StatusCause[] {
    return this.details.causes ?? [];
  }
}

/** No answer, or half of one: refused, cut, timed out, not trusted. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  /** Of Node: `ECONNREFUSED`, `CERT_HAS_EXPIRED`, …; ours: `TIMEOUT`. */
  readonly code: string;
  readonly request: string;
  /** Nothing of the request can have reached the server. */
  readonly unsent: boolean;

  constructor(request: string, code: string, message: string, unsent: boolean, options?: ErrorOptions) {
    super(message, options);
    this.request = request;
    this.code = code;
    this.unsent = unsent;
  }

  /** Whether it may go well the next time: not so for certificates and unknown hosts. */
  get transient(): boolean {
    return transientCodes.has(this.code);
  }
}

const transientCodes = new Set([
  'TIMEOUT',
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENETUNREACH',
  'ENETDOWN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
]);

/** Where the cluster is and who we are cannot be found out: kubeconfig, context, credentials. */
export class AccessError extends Error {
  override readonly name = 'AccessError';
  /** What to do, one sentence. */
  readonly help: string;

  constructor(message: string, help: string, options?: ErrorOptions) {
    super(message, options);
    this.help = help;
  }
}
