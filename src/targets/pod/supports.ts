import type { Collector } from '../../diagnostics/collector.ts';
import type { Pipeline } from '../../ir/pipeline.ts';
import { ownVolumeNames } from './volumes.ts';

/** Reports what no pod of podloom's can mean: called by `supports` of each target. */
export function supportsPods(pipeline: Pipeline, diagnostics: Collector): void {
  for (const { name: task, container, origin } of pipeline.tasks) {
    for (const { volume } of container.volumes) {
      if (ownVolumeNames.has(volume)) diagnostics.report('PL265', { task, volume }, { origin });
    }
  }
}
