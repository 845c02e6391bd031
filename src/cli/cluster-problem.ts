import { AccessError, ApiError, ConnectionError } from '../cluster/errors.ts';
import type { Collector } from '../diagnostics/collector.ts';

/** Reports why a cluster could not be used; errors that are no matter of the cluster are thrown on. `server`: its address, if known. */
export function reportClusterProblem(error: unknown, server: string | undefined, diagnostics: Collector): void {
  if (error instanceof AccessError) {
    diagnostics.report('PL400', { problem: error.message, help: error.help });
  } else if (error instanceof ConnectionError) {
    diagnostics.report('PL401', { server: server ?? 'of the cluster', problem: error.message });
  } else if (error instanceof ApiError) {
    const { request, status, message } = error;
    diagnostics.report('PL402', { request: request.replace(/\?.*/s, ''), status, problem: message });
  } else {
    throw error;
  }
}
