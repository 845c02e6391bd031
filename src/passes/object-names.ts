import type { Collector } from '../diagnostics/collector.ts';
import type { Pipeline } from '../ir/pipeline.ts';
import type { Profile } from '../ir/profile.ts';
import type { Task, VolumeSource } from '../ir/task.ts';
import { isDnsSubdomain } from '../units/dns-name.ts';

/** Secrets, ConfigMaps, claims, service accounts and priority classes have names that such objects can have. */
export function checkObjectNames(pipeline: Pipeline, _profile: Profile, diagnostics: Collector): void {
  for (const task of pipeline.tasks) {
    for (const [what, name] of namesOf(task)) {
      if (!isDnsSubdomain(name))
        diagnostics.report('PL021', { what, name, kind: 'subdomain' }, { origin: task.origin });
    }
  }
}

type Named = readonly [what: string, name: string];
const kinds = { secret: 'the Secret', configMap: 'the ConfigMap' } as const;

function namesOf(task: Task): Named[] {
  const { environment, volumes } = task.container;
  const names: Named[] = [];
  for (const variable of environment.variables) {
    if (variable.kind === 'secret' || variable.kind === 'configMap')
      names.push([kinds[variable.kind], variable.object]);
  }
  for (const source of environment.from) names.push([kinds[source.kind], source.object]);
  for (const { source } of volumes) names.push(...objectOf(source));
  if (task.serviceAccount !== undefined) names.push(['the service account', task.serviceAccount]);
  for (const secret of task.imagePullSecrets) names.push(['the Secret', secret]);
  const { priority } = task.placement;
  if (priority?.kind === 'class') names.push(['the PriorityClass', priority.name]);
  for (const output of task.outputs) {
    if (output.kind !== 's3') continue;
    for (const secret of [output.store.accessKeySecret, output.store.secretKeySecret]) {
      if (secret !== undefined) names.push(['the Secret', secret.object]);
    }
  }
  return names;
}

function objectOf(source: VolumeSource): Named[] {
  switch (source.kind) {
    case 'persistentVolumeClaim':
      return [['the claim', source.claim]];
    case 'configMap':
    case 'secret':
      return [[kinds[source.kind], source.object]];
    case 'emptyDir':
    case 'hostPath':
      return [];
  }
}
