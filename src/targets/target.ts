import type { Collector } from '../diagnostics/collector.ts';
import type { Bundle, TargetName } from '../ir/bundle.ts';
import type { Pipeline } from '../ir/pipeline.ts';
import type { Profile } from '../ir/profile.ts';

/**
 * A back end. Each has the same files: `supports.ts` (what it cannot mean, as diagnostics), `lower.ts` (IR to manifests),
 * and is entered in `registry.ts`.
 */
export interface Target {
  readonly name: TargetName;
  /** Reports all that this target or the profile's versions cannot mean. */
  supports(pipeline: Pipeline, profile: Profile, diagnostics: Collector): void;
  /** Called only for pipelines without errors. Deterministic. May still report (sizes, budgets). */
  lower(pipeline: Pipeline, profile: Profile, diagnostics: Collector): Bundle;
}
