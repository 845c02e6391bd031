import { AccessError, ApiError, ConnectionError, type StatusCause } from '../errors.ts';

/** HTTP status of the reasons that kubectl prints: `Error from server (NotFound): pods "a" not found`. */
const statuses: { readonly [reason: string]: number } = {
  BadRequest: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  AlreadyExists: 409,
  Conflict: 409,
  Expired: 410,
  Gone: 410,
  RequestEntityTooLarge: 413,
  UnsupportedMediaType: 415,
  Invalid: 422,
  TooManyRequests: 429,
  InternalError: 500,
  ServiceUnavailable: 503,
  Timeout: 504,
  ServerTimeout: 500,
};

/** What kubectl printed before it ended with an error, as the error that a connection of ours would have had. */
export function kubectlError(request: string, printed: string): Error {
  const text = printed.trim();
  const server = /^Error from server(?: \(([A-Za-z]+)\))?: ([\s\S]*)$/m.exec(text);
  if (server !== null) {
    const [, reason = '', message = ''] = server;
    return new ApiError(request, statuses[reason] ?? 500, { message: message.trim(), reason });
  }
  const conflicts =
    /^(?:error: )?Apply failed with \d+ conflicts?: ([\s\S]*?)(?:\nPlease review the fields above|(?![\s\S]))/m.exec(
      text,
    );
  if (conflicts !== null) {
    const causes = conflictsIn(conflicts[1]!);
    return new ApiError(request, 409, { message: conflicts[0].trim(), reason: 'Conflict', details: { causes } });
  }
  const stale = /^error: (Operation cannot be fulfilled on .*)$/m.exec(text);
  if (stale !== null) return new ApiError(request, 409, { message: stale[1]!, reason: 'Conflict' });
  // Of invalid objects kubectl prints the causes instead: `The Pod "a" is invalid: spec: …`.
  if (/^The .* is invalid/m.test(text)) return new ApiError(request, 422, { message: text, reason: 'Invalid' });
  if (/You must be logged in to the server|\(Unauthorized\)/.test(text)) {
    return new ApiError(request, 401, { message: text, reason: 'Unauthorized' });
  }
  const line = text.split('\n').find((each) => /^(?:error|Unable|The connection|E\d{4})/i.test(each)) ?? text;
  const code = codeOf(text);
  if (code !== undefined) return new ConnectionError(request, code, line, code === 'ECONNREFUSED', {});
  const said =
    line === '' ? 'kubectl ended with an error and said nothing' : `kubectl: ${line.replace(/^error: /, '')}`;
  return new AccessError(said, 'Try the same command by hand: `kubectl get pods`.');
}

/** `conflict with "helm": .data.a`, or `conflicts with "helm" using v1:` and a line `- .data.a` for each field. */
function conflictsIn(text: string): StatusCause[] {
  const causes: StatusCause[] = [];
  let manager = '';
  for (const line of text.split('\n')) {
    const head = /^conflicts? with (.*?):\s*(\..*)?$/.exec(line.trim());
    const field = head === null ? /^- (.+)$/.exec(line.trim())?.[1] : head[2];
    if (head !== null) manager = head[1]!;
    if (field !== undefined)
      causes.push({ reason: 'FieldManagerConflict', message: `conflict with ${manager}`, field });
  }
  return causes;
}

function codeOf(text: string): string | undefined {
  if (/x509|certificate/.test(text)) return 'CERTIFICATE';
  if (/no such host/.test(text)) return 'ENOTFOUND';
  if (/refused/.test(text)) return 'ECONNREFUSED';
  if (/timeout|timed out|deadline exceeded/i.test(text)) return 'TIMEOUT';
  if (/Unable to connect|connection|unexpected EOF|\bEOF\b|broken pipe|reset by peer|no route|unreachable/i.test(text))
    return 'ECONNRESET';
  return undefined;
}
