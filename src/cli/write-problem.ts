import { ApiError, ConnectionError } from '../cluster/errors.ts';
import { Collector } from '../diagnostics/collector.ts';
import { TaskProblem } from '../runner/engine.ts';
import { reportClusterProblem } from './cluster-problem.ts';
import { ExitCode } from './exit-code.ts';
import type { Ports } from './ports.ts';
import { type DiagnosticOptions, reportDiagnostics } from './report.ts';

export interface ProblemContext {
  /** Address of the API server, if known. */
  readonly server: string | undefined;
  readonly namespace: string;
  /** What the request was about: `Job "train"`. Default: what the server says. */
  readonly object?: string | undefined;
  /** The command that prints what has to be allowed: `podloom rbac imagenet`. */
  readonly role: string;
}

/** Reports in one message why a cluster refused something, or was not there. Errors that are no matter of the cluster are thrown on. */
export function reportProblem(error: unknown, context: ProblemContext, diagnostics: Collector): void {
  if (error instanceof TaskProblem) diagnostics.report('PL456', { problem: error.message });
  else if (!(error instanceof ApiError) || !reportRefusal(error, context, diagnostics))
    reportClusterProblem(error, context.server, diagnostics);
}

/** Tells people why a command could not do in a cluster what it was to do. Gives its exit code. Errors of podloom's own are thrown on. */
export async function reportFailure(
  ports: Ports,
  error: unknown,
  context: ProblemContext,
  root: string,
  flags: DiagnosticOptions,
): Promise<number> {
  const problems = new Collector();
  reportProblem(error, context, problems);
  await reportDiagnostics(ports, problems, root, flags, true);
  return exitCodeOf(error);
}

/** 3 when waiting or another network may cure it, else 2. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof ConnectionError) return ExitCode.unreachable;
  if (!(error instanceof ApiError)) return ExitCode.badInput;
  return (error.status >= 500 && !isTypeProblem(error)) || error.status === 429
    ? ExitCode.unreachable
    : ExitCode.badInput;
}

/** Whether there was something better to say than the server's answer as it is. */
function reportRefusal(error: ApiError, context: ProblemContext, diagnostics: Collector): boolean {
  const { status, message, causes, details } = error;
  const object = context.object ?? objectOf(error);
  const namespace = /^namespaces "([^"]+)" not found/.exec(message)?.[1];
  const conflicts = causes.filter(({ reason }) => reason === 'FieldManagerConflict');
  if (status === 404 && (namespace !== undefined || details.kind === 'namespaces')) {
    diagnostics.report('PL451', { namespace: namespace ?? context.namespace });
  } else if (status === 403 && message.includes('exceeded quota')) {
    diagnostics.report('PL453', { object, problem: message.slice(message.indexOf('exceeded quota')) });
  } else if (status === 403 && deniedRule(message) !== undefined) {
    diagnostics.report('PL450', { rules: [deniedRule(message)!], where: whereOf(message), role: context.role });
  } else if (conflicts.length > 0) {
    diagnostics.report('PL452', { object, conflicts: conflicts.map(conflictText) });
  } else if (status === 422 || status === 400 || isTypeProblem(error)) {
    const field = causes.find((cause) => cause.message?.includes('immutable') === true)?.field;
    const immutable = field !== undefined || message.includes('immutable');
    const problem = immutable && field !== undefined ? `${field} of it can never change` : message;
    diagnostics.report('PL454', { object, problem, immutable });
  } else return false;
  return true;
}

/** An apply with a field that the kind does not have ends with 500 (Kubernetes 1.36). */
function isTypeProblem({ status, message }: ApiError): boolean {
  return status === 500 && /failed to create typed patch object|field not declared in schema/.test(message);
}

function conflictText({ message = 'a conflict', field }: { message?: string; field?: string }): string {
  const manager = /^conflict with ("[^"]*"(?: with subresource "[^"]*")?)/.exec(message)?.[1];
  return manager === undefined ? `${message}: ${field}` : `${field} is managed by ${manager}`;
}

/** `jobs.batch is forbidden: User "me" cannot create resource "jobs" in API group "batch" in the namespace "vision"` */
function deniedRule(message: string): { group: string; resource: string; verbs: readonly string[] } | undefined {
  const match = /cannot (\w+) resource "([^"]+)" in API group "([^"]*)"/.exec(message);
  return match === null ? undefined : { verbs: [match[1]!], resource: match[2]!, group: match[3]! };
}

function whereOf(message: string): string {
  const namespace = /in the namespace "([^"]+)"/.exec(message)?.[1];
  return namespace === undefined ? 'the cluster' : `namespace "${namespace}"`;
}

function objectOf({ details, request }: ApiError): string {
  const { kind, name } = details;
  return kind === undefined || name === undefined ? request.replace(/\?.*/s, '') : `${kind} "${name}"`;
}
