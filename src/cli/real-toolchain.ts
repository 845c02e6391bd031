import { Collector } from '../diagnostics/collector.ts';
import type { Project, Toolchain } from './toolchain.ts';
import { UsageError } from './usage-error.ts';

/** The stages of podloom, each imported when it is used first, so that `podloom --help` loads none of them. */
export const realToolchain: Toolchain = {
  async load(request): Promise<Project> {
    const [{ loadProject }, { lowerPipeline }, { lowerCharts }, { isPipeline }] = await Promise.all([
      import('../load/load.ts'),
      import('../constructs/lower/pipeline.ts'),
      import('../constructs/lower/charts.ts'),
      import('../constructs/pipeline.ts'),
    ]);
    const loaded = await loadProject(request);
    const diagnostics = new Collector();
    diagnostics.addAll(loaded.diagnostics);
    const pipelines = loaded.pipelines.flatMap(({ pipeline, file }) =>
      isPipeline(pipeline) ? [{ pipeline: lowerPipeline(pipeline, diagnostics), file }] : [],
    );
    const charts = lowerCharts(loaded.apps, diagnostics);
    return { pipelines, charts, inputs: loaded.inputs, diagnostics: diagnostics.sorted() };
  },

  async compile(pipelines, profile, targets, diagnostics) {
    const { compile } = await import('../compile.ts');
    return compile(pipelines, profile, targets, diagnostics);
  },

  async validateManifests(files, profile, diagnostics) {
    if (files.length === 0) return;
    await requireSchemas();
    return (await import('../validate/validate-manifests.ts')).validateManifests(files, profile, diagnostics);
  },

  async validateText(file, text, profile, diagnostics) {
    await requireSchemas();
    return (await import('../validate/validate-text.ts')).validateText(file, text, profile, diagnostics);
  },

  async kubeconform(files, diagnostics) {
    const [{ runKubeconform }, { reportKubeconform }] = await Promise.all([
      import('../validate/kubeconform.ts'),
      import('../validate/report-kubeconform.ts'),
    ]);
    const outcome = await runKubeconform(files);
    if (outcome.kind === 'unavailable') return { unavailable: outcome.reason };
    reportKubeconform(outcome.results, diagnostics);
    return { documents: outcome.results.length };
  },

  async renderDiagnostics(diagnostics, format, options) {
    switch (format) {
      case 'human':
        return (await import('../diagnostics/render/human.ts')).renderHuman(diagnostics, options);
      case 'json':
        return (await import('../diagnostics/render/json.ts')).renderJson(diagnostics, options);
      case 'github':
        return (await import('../diagnostics/render/github.ts')).renderGithub(diagnostics, options);
      case 'sarif': {
        const [{ renderSarif }, { version }] = await Promise.all([
          import('../diagnostics/render/sarif.ts'),
          import('./version.ts'),
        ]);
        return renderSarif(diagnostics, { ...options, version: version() });
      }
    }
  },
};

async function requireSchemas(): Promise<void> {
  const { schemasAreBuilt } = await import('../validate/schemas.ts');
  if (schemasAreBuilt()) return;
  throw new UsageError(
    'this checkout of podloom has not built the schemas that manifests are checked against',
    'Run `npm run build` in the folder of podloom.',
  );
}
