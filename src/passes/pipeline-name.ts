import type { Collector } from '../diagnostics/collector.ts';
import type { Pipeline } from '../ir/pipeline.ts';
import type { Profile } from '../ir/profile.ts';
import { isDnsLabel } from '../units/dns-name.ts';

/** Kubernetes and Argo leave 11 characters for what they append to the names of a CronJob and a CronWorkflow. */
const MAX_CRON_NAME = 52;
/** Files in dist/ that podloom writes besides those of the pipelines. */
const reserved: ReadonlySet<string> = new Set(['kustomization', 'priority-classes']);

export function checkPipelineName(pipeline: Pipeline, _profile: Profile, diagnostics: Collector): void {
  const { name, namespace, origin } = pipeline;
  if (reserved.has(name)) diagnostics.report('PL025', { name }, { origin });
  if (name.length > MAX_CRON_NAME) {
    const because = 'the name of its CronJob';
    const params = { what: 'the pipeline name', name, length: name.length, max: MAX_CRON_NAME, because };
    diagnostics.report('PL022', params, { origin });
  } else if (!isDnsLabel(name)) {
    diagnostics.report('PL021', { what: 'the pipeline name', name, kind: 'label' }, { origin });
  }
  if (namespace !== undefined && !isDnsLabel(namespace)) {
    diagnostics.report('PL021', { what: 'the namespace', name: namespace, kind: 'label' }, { origin });
  }
}
