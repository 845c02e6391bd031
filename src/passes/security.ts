import type { Collector } from '../diagnostics/collector.ts';
import type { Pipeline } from '../ir/pipeline.ts';
import type { Profile } from '../ir/profile.ts';
import type { Security } from '../ir/task.ts';

/** No settings that the API server or the kubelet refuses together. */
export function checkSecurity(pipeline: Pipeline, _profile: Profile, diagnostics: Collector): void {
  for (const task of pipeline.tasks) {
    for (const problem of problemsOf(task.container.security)) {
      diagnostics.report('PL087', { problem }, { origin: task.origin });
    }
  }
}

function problemsOf(security: Security): string[] {
  const problems: string[] = [];
  if (!security.allowPrivilegeEscalation) {
    if (security.privileged === true) problems.push('is privileged, but does not allow privilege escalation');
    const admin = security.addCapabilities.find((name) => /^(?:CAP_)?SYS_ADMIN$/.test(name));
    if (admin !== undefined) problems.push(`adds ${admin}, but does not allow privilege escalation`);
  }
  if (security.runAsNonRoot === true && security.runAsUser === 0) problems.push('has user 0, but must not run as root');
  return problems;
}
