import type { Collector } from '../diagnostics/collector.ts';
import type { Pipeline } from '../ir/pipeline.ts';
import type { Profile } from '../ir/profile.ts';
import type { Task } from '../ir/task.ts';
import { envNameProblem, isShellName } from '../units/env-name.ts';
import { quoted } from '../units/parsed.ts';

const ofReplicas: ReadonlySet<string> = new Set(['RANK', 'WORLD_SIZE', 'MASTER_ADDR', 'MASTER_PORT']);

/** Environment variables have names that Kubernetes takes, that survive the way, and that are the user's own. */
export function checkEnvironment(pipeline: Pipeline, _profile: Profile, diagnostics: Collector): void {
  for (const task of pipeline.tasks) {
    for (const { name } of task.container.environment.variables) checkName(task, name, diagnostics);
    for (const { prefix } of task.container.environment.from) {
      const problem = prefix ? envNameProblem(prefix) : undefined;
      if (problem !== undefined) {
        diagnostics.report('PL140', { name: quoted(prefix ?? ''), problem }, { origin: task.origin });
      }
    }
  }
}

function checkName(task: Task, name: string, diagnostics: Collector): void {
  const place = { origin: task.origin };
  const problem = envNameProblem(name);
  if (problem !== undefined) diagnostics.report('PL140', { name: quoted(name), problem }, place);
  else if (name.startsWith('PODLOOM_')) {
    diagnostics.report('PL142', { name, by: "has the prefix of podloom's own variables" }, place);
  } else if (name === 'JOB_COMPLETION_INDEX' || (task.replicas !== undefined && ofReplicas.has(name))) {
    const by = name === 'JOB_COMPLETION_INDEX' ? 'Kubernetes sets in every Job' : 'podloom sets for replicas';
    diagnostics.report('PL142', { name, by }, place);
  } else if (startsThroughShell(task) && !isShellName(name)) {
    diagnostics.report('PL143', { name: quoted(name) }, place);
  }
}

/** A script gathers several outputs that leave the pod as text. Tasks with `forEach` are a matter of the checks of items. */
function startsThroughShell(task: Task): boolean {
  const asText = task.outputs.filter(({ kind }) => kind === 'value' || kind === 'list');
  return task.forEach === undefined && asText.length > 1;
}
