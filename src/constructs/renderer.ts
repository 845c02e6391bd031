import type { Chart } from 'cdk8s';
import type { JsonObject } from '../ir/scalar.ts';

/** What a pipeline becomes under plain cdk8s. */
export interface Rendering {
  readonly objects: readonly JsonObject[];
  /** Rendered diagnostics; errors only. Empty: the objects are good. */
  readonly errors: readonly string[];
}

/** Compiles one pipeline for cdk8s. `src/index.ts` installs the compiler here, so that imports have one direction. */
export type Renderer = (pipeline: Chart) => Rendering;

let renderer: Renderer | undefined;

export function installRenderer(next: Renderer): void {
  renderer = next;
}

export function render(pipeline: Chart): Rendering {
  if (renderer === undefined) throw new Error('no renderer: import podloom by its package name');
  return renderer(pipeline);
}
