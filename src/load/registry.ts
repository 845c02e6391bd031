import type { Chart } from 'cdk8s';
import { type Host, podloomCopy } from '../constructs/host.ts';
import type { SourceLocation } from '../diagnostics/location.ts';
import { parseStack } from '../diagnostics/stack.ts';

export interface LoadedPipeline {
  readonly pipeline: Chart;
  /** The pipeline file that made it, absolute. */
  readonly file: string;
}

/** A pipeline that another copy of podloom made. */
export interface ForeignPipeline {
  /** URL of the folder of that copy's code. */
  readonly copy: string;
  readonly file: string;
  readonly location: SourceLocation | undefined;
}

/** Deep enough for the outermost frame: the pipeline file that is being evaluated. */
const FRAMES = 100;

/** The host while a project is loaded: knows which file made which pipeline. */
export class Registry implements Host {
  readonly root: string;
  readonly pipelines: LoadedPipeline[] = [];
  readonly foreign: ForeignPipeline[] = [];
  readonly inputs = new Set<string>();
  /** The file that is being imported. */
  current: string;
  readonly #files: ReadonlySet<string>;

  constructor(root: string, files: readonly string[]) {
    this.root = root;
    this.#files = new Set(files);
    this.current = files[0] ?? root;
  }

  register(pipeline: Chart, copy: string): void {
    const places = userPlaces();
    // One pipeline file may import another, or call a helper in it: the one whose code runs at the top made the pipeline.
    const outermost = places.at(-1)?.file;
    const file = outermost !== undefined && this.#files.has(outermost) ? outermost : this.current;
    if (copy === podloomCopy) this.pipelines.push({ pipeline, file });
    else this.foreign.push({ copy, file, location: places[0] });
  }

  readInput(file: string): void {
    this.inputs.add(file);
  }
}

function userPlaces(): readonly SourceLocation[] {
  const trace: { stack?: string } = {};
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  Error.captureStackTrace(trace, userPlaces);
  Error.stackTraceLimit = limit;
  return parseStack(trace.stack ?? '')
    .filter((frame) => frame.owner === 'user')
    .map((frame) => frame.location);
}
