import type { Collector } from '../../diagnostics/collector.ts';
import type { Pipeline } from '../../ir/pipeline.ts';
import type { ItemOptions } from './options.ts';

/** Reports what the tables and the script cannot carry: called by `supports` of each target that uses them. */
export function supportsItems(_pipeline: Pipeline, _options: ItemOptions, _diagnostics: Collector): void {}
