import type { Collector } from '../diagnostics/collector.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Bundle, BundleFile, Manifest, TargetName } from '../ir/bundle.ts';
import type { Pipeline } from '../ir/pipeline.ts';
import type { Profile } from '../ir/profile.ts';

/** What the files of a project make. */
export interface Project {
  readonly pipelines: readonly LoadedPipeline[];
  /** Charts beside the pipelines, in order. */
  readonly charts: readonly LoadedChart[];
  /** Every file that the result depends on. Absolute. */
  readonly inputs: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface LoadedPipeline {
  readonly pipeline: Pipeline;
  /** The pipeline file that made it. Absolute. */
  readonly file: string;
}

export interface LoadedChart {
  /** DNS label. Names the file in the output. */
  readonly name: string;
  readonly manifests: readonly Manifest[];
}

export interface LoadRequest {
  /** Absolute. */
  readonly root: string;
  /** Absolute. */
  readonly files: readonly string[];
  /** Also read the sources for what did not run. Slower; `--check` does it. */
  readonly scan: boolean;
}

export const diagnosticFormats = ['human', 'json', 'github', 'sarif'] as const;
export type DiagnosticFormat = (typeof diagnosticFormats)[number];

/** The stages that commands put together. Each is imported when it is used first; tests use the same ones, or their own. */
export interface Toolchain {
  load(request: LoadRequest): Promise<Project>;
  /** Adds to `diagnostics`. No bundles when there are errors. */
  compile(
    pipelines: readonly Pipeline[],
    profile: Profile,
    targets: readonly TargetName[],
    diagnostics: Collector,
  ): Promise<{ readonly bundles: readonly Bundle[] }>;
  /** Holds manifests against the schemas of the profile's versions. Adds to `diagnostics`. */
  validateManifests(files: readonly BundleFile[], profile: Profile, diagnostics: Collector): Promise<unknown>;
  /** The same for a YAML file. `file`: absolute path. */
  validateText(
    file: string,
    text: string,
    profile: Profile,
    diagnostics: Collector,
  ): Promise<{ readonly checked: number; readonly unknownKinds: readonly string[] }>;
  /** The real kubeconform over files (absolute). Adds to `diagnostics`; returns how many documents it saw, or why it did not run. */
  kubeconform(
    files: readonly string[],
    diagnostics: Collector,
  ): Promise<{ readonly documents: number } | { readonly unavailable: string }>;
  /** Ends with a line end, or is empty. */
  renderDiagnostics(
    diagnostics: readonly Diagnostic[],
    format: DiagnosticFormat,
    options: { readonly root: string; readonly color: boolean },
  ): Promise<string>;
}
