import type { Collector } from '../diagnostics/collector.ts';
import type { Pipeline } from '../ir/pipeline.ts';
import type { Profile } from '../ir/profile.ts';

/** One check over the IR of one pipeline. Reports all that it finds; never throws for bad input. */
export type Check = (pipeline: Pipeline, profile: Profile, diagnostics: Collector) => void;
