import { Collector } from '../diagnostics/collector.ts';
import { assemble } from '../emit/assemble.ts';
import type { OutputFile } from '../emit/output-file.ts';
import type { Bundle, TargetName } from '../ir/bundle.ts';
import type { Pipeline } from '../ir/pipeline.ts';
import type { Profile } from '../ir/profile.ts';
import type { Ports } from './ports.ts';
import { profileFileOf, readProfile } from './profile.ts';
import type { Progress } from './progress.ts';
import { loadSelection, type Selection } from './select.ts';
import { targetNames } from './target-names.ts';
import { openWorkspace, shown, type Workspace } from './workspace.ts';

export interface BuildOptions {
  /** `none`: only the checks that hold for all targets. Default: of the configuration, else all. */
  readonly target?: TargetName | 'all' | 'none' | undefined;
  readonly profile?: string | undefined;
  /** Also read the sources for what did not run. */
  readonly scan: boolean;
  /** Where objects go: `flag` whatever the pipelines say, `fallback` when they say nothing. Default: manifests name none. */
  readonly namespace?: { readonly flag: string | undefined; readonly fallback: string } | undefined;
  /** Also make a Workflow for each pipeline that starts a run (argo target). */
  readonly workflow?: boolean | undefined;
}

export interface Build {
  readonly workspace: Workspace;
  readonly targets: readonly TargetName[];
  readonly selection: Selection;
  readonly profile: Profile;
  readonly bundles: readonly Bundle[];
  /** Not to be used when there are errors. */
  readonly files: readonly OutputFile[];
  readonly diagnostics: Collector;
}

/** From the words of the command line to the files of the output: load, compile, assemble. Writes nothing. */
export async function build(
  ports: Ports,
  words: readonly string[],
  options: BuildOptions,
  progress: Progress,
): Promise<Build> {
  const diagnostics = new Collector();
  progress.stage('Loading pipelines');
  const workspace = await openWorkspace(ports.cwd, diagnostics);
  const { root } = workspace;
  const profileFile = profileFileOf(ports.cwd, workspace, options.profile);
  const profile = await readProfile(profileFile, shown(root, profileFile ?? root), diagnostics);
  const loaded = await loadSelection(ports, workspace, words, options.scan, diagnostics);
  const selection = inNamespace(loaded, options.namespace);
  const inputs = [workspace.configFile, profileFile, ...selection.project.inputs];
  ports.announceInputs(inputs.filter((file) => file !== undefined));
  const targets = targetsOf(options.target, workspace);
  progress.stage(
    `Compiling ${selection.pipelines.length === 1 ? '1 pipeline' : `${selection.pipelines.length} pipelines`}`,
  );
  const pipelines = selection.pipelines.map(({ pipeline }) => pipeline);
  const compiled = await ports.toolchain.compile(pipelines, profile, targets, diagnostics);
  const bundles = diagnostics.hasErrors
    ? []
    : [
        ...(options.workflow ? await withWorkflows(compiled.bundles, pipelines) : compiled.bundles),
        ...(words.length === 0 ? chartBundles(selection, targets) : []),
      ];
  progress.stage('Checking manifests');
  await ports.toolchain.validateManifests(
    bundles.flatMap((bundle) => bundle.files),
    profile,
    diagnostics,
  );
  const sources = new Map(selection.pipelines.map(({ pipeline, file }) => [pipeline.name, shown(root, file)]));
  progress.stage('Writing manifests');
  const files = assemble(bundles, sources, diagnostics);
  return { workspace, targets, selection, profile, bundles, files, diagnostics };
}

function inNamespace(selection: Selection, namespace: BuildOptions['namespace']): Selection {
  if (namespace === undefined) return selection;
  const { flag, fallback } = namespace;
  const pipelines = selection.pipelines.map(({ pipeline, file }) => ({
    file,
    pipeline: { ...pipeline, namespace: flag ?? pipeline.namespace ?? fallback },
  }));
  return { ...selection, pipelines };
}

function targetsOf(wanted: BuildOptions['target'], { config }: Workspace): readonly TargetName[] {
  switch (wanted) {
    case undefined:
      return config.targets ?? targetNames;
    case 'all':
      return targetNames;
    case 'none':
      return [];
    case 'argo':
    case 'jobs':
      return [wanted];
  }
}

/** Charts of the user's own stand beside the pipelines, in the folder of each target: each is applied by itself. */
function chartBundles({ project }: Selection, targets: readonly TargetName[]): Bundle[] {
  return project.charts.flatMap(({ name, manifests }) =>
    targets.map((target) => ({
      target,
      pipeline: name,
      files: [{ path: `${target}/${name}.yaml`, manifests, gitops: true }],
    })),
  );
}

async function withWorkflows(bundles: readonly Bundle[], pipelines: readonly Pipeline[]): Promise<readonly Bundle[]> {
  const { workflowFile } = await import('../compile.ts');
  const byName = new Map(pipelines.map((pipeline) => [pipeline.name, pipeline]));
  return bundles.map((bundle) => {
    const pipeline = byName.get(bundle.pipeline);
    return bundle.target !== 'argo' || pipeline === undefined
      ? bundle
      : { ...bundle, files: [...bundle.files, workflowFile(pipeline)] };
  });
}
