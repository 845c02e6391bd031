import type { Manifest } from '../../ir/bundle.ts';
import type { Pipeline } from '../../ir/pipeline.ts';

/** The PriorityClasses of the levels that these pipelines use: cluster-scoped, in a file that pipelines share. */
export function priorityClasses(_pipelines: readonly Pipeline[]): Manifest[] {
  return [];
}
