import type { Collector } from '../diagnostics/collector.ts';
import type { Pipeline } from '../ir/pipeline.ts';

/** Reports a context that the pipeline does not go to. Inside a cluster (undefined) there is none to be wrong. */
export function checkContext(pipeline: Pipeline, context: string | undefined, diagnostics: Collector): void {
  const { contexts } = pipeline;
  if (contexts === undefined || context === undefined) return;
  if (contexts.some((pattern) => matches(pattern, context))) return;
  diagnostics.report('PL455', { pipeline: pipeline.name, context, contexts }, { origin: pipeline.origin });
}

/** `*` stands for any characters, also none; all else for itself. */
function matches(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(text);
}
