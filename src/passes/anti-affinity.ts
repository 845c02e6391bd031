import type { Collector } from '../diagnostics/collector.ts';
import { PIPELINE_LABEL, RUN_LABEL, TASK_LABEL } from '../ir/labels.ts';
import type { Pipeline } from '../ir/pipeline.ts';
import type { Profile } from '../ir/profile.ts';
import { quoted } from '../units/parsed.ts';

/** A selector of the user's own matches pods of some task of the pipeline. */
export function checkAntiAffinity(pipeline: Pipeline, _profile: Profile, diagnostics: Collector): void {
  const present = new Set<string>();
  for (const task of pipeline.tasks) {
    for (const [key, value] of Object.entries(task.podLabels)) present.add(`${key}\0${value}`);
    present.add(`${TASK_LABEL}\0${task.name}`);
  }
  present.add(`${PIPELINE_LABEL}\0${pipeline.name}`);
  for (const task of pipeline.tasks) {
    for (const [key, value] of Object.entries(task.placement.antiAffinity?.selector ?? {})) {
      if (key === RUN_LABEL || present.has(`${key}\0${value}`)) continue;
      const label = `the label ${quoted(`${key}=${value}`)}`;
      diagnostics.report('PL165', { label }, { origin: task.origin });
    }
  }
}
