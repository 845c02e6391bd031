/**
 * Compiles damaged pipelines, each a project of its own, in a process as the command's (vitest would load modules in its own way, with
 * other stacks). Reads rows from stdin and writes to file descriptor 3 what podloom says, and what it would make without its checks.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { compile } from '../../../src/compile.ts';
import { lowerPipeline } from '../../../src/constructs/lower/pipeline.ts';
import { Collector } from '../../../src/diagnostics/collector.ts';
import type { Diagnostic } from '../../../src/diagnostics/diagnostic.ts';
import { defaultProfile, type Profile } from '../../../src/ir/profile.ts';
import type { JsonObject } from '../../../src/ir/scalar.ts';
import { loadProject } from '../../../src/load/load.ts';
import { argoTarget } from '../../../src/targets/argo/index.ts';
import { jobsTarget } from '../../../src/targets/jobs/index.ts';
import { validateManifests } from '../../../src/validate/validate-manifests.ts';
import type { Row } from './refused-rows.ts';

export interface Answer {
  /** Errors, as `PL071:5`: code and line. */
  readonly errors: readonly string[];
  /** undefined: without checks the target cannot make anything. */
  readonly objects: readonly JsonObject[] | undefined;
}

const { root, rows } = JSON.parse(readFileSync(0, 'utf8')) as {
  readonly root: string;
  readonly rows: readonly (Row & { readonly name: string; readonly file: string })[];
};
const answers: { [name: string]: Answer } = {};
for (const row of rows) answers[row.name] = await answer(row);
writeFileSync(3, JSON.stringify(answers));
process.exit(0);

async function answer({ file, target = 'jobs', profile: own, instead }: (typeof rows)[number]): Promise<Answer> {
  const profile: Profile = { ...defaultProfile, kubernetes: '1.36', argo: '3.7', ...own };
  const { pipelines, diagnostics } = await loadProject({ root, files: [file], scan: false });
  const collector = new Collector();
  const lowered = pipelines.map(({ pipeline }) => lowerPipeline(pipeline as never, collector));
  const { bundles } = compile(lowered, profile, [target], collector);
  await validateManifests(
    bundles.flatMap((bundle) => bundle.files),
    profile,
    collector,
  );
  const errors = [...diagnostics, ...collector.sorted()].filter(({ severity }) => severity === 'error').map(place);
  if (instead !== undefined) return { errors, objects: instead };
  try {
    const lower = target === 'jobs' ? jobsTarget.lower : argoTarget.lower;
    const files = lowered.flatMap((pipeline) => lower(pipeline, profile, new Collector()).files);
    return { errors, objects: files.flatMap(({ manifests }) => manifests.map(({ object }) => object)) };
  } catch {
    return { errors, objects: undefined };
  }
}

function place({ code, location }: Diagnostic): string {
  return `${code}:${location?.line}`;
}
