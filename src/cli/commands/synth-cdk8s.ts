import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { identityOf } from '../../emit/identity.ts';
import { renderObjects } from '../../emit/output-file.ts';
import type { BundleFile, Manifest } from '../../ir/bundle.ts';
import type { Build } from '../build.ts';
import { ExitCode } from '../exit-code.ts';
import type { Ports } from '../ports.ts';
import { UsageError } from '../usage-error.ts';

/**
 * For `app: podloom synth --cdk8s` in cdk8s.yaml: writes what cdk8s-cli reads, into the folder that it has just emptied. The
 * objects of one target (default argo), one file for each pipeline. For the jobs target these are the Jobs of a run.
 */
export function writeForCdk8s(ports: Ports, { bundles, diagnostics, workspace }: Build): () => number {
  const out = ports.env.CDK8S_OUTDIR;
  if (out === undefined || out === '')
    throw new UsageError(
      'CDK8S_OUTDIR is not set',
      'cdk8s-cli sets it: write `app: podloom synth --cdk8s` in cdk8s.yaml and run `cdk8s synth`.',
    );
  if (diagnostics.hasErrors) return () => ExitCode.badInput;
  // The GitOps half of the jobs target starts runs by itself; what cdk8s applies is a run.
  const files = bundles.flatMap((bundle) => bundle.files).filter((file) => !file.path.endsWith('.gitops.yaml'));
  const folder = resolve(workspace.root, out);
  mkdirSync(folder, { recursive: true });
  for (const [name, manifests] of byName(files)) {
    writeFileSync(join(folder, `${name}.k8s.yaml`), renderObjects(manifests.map((manifest) => manifest.object)));
  }
  if (ports.env.CDK8S_RECORD_CONSTRUCT_METADATA === 'true')
    writeFileSync(join(folder, 'construct-metadata.json'), constructMetadata(files));
  return () => ExitCode.ok;
}

/** Parts of a shared file are joined; an object that several have is written once. */
function byName(files: readonly BundleFile[]): Map<string, Manifest[]> {
  const named = new Map<string, Map<string, Manifest>>();
  for (const file of files) {
    const name = file.path.slice(file.path.indexOf('/') + 1).replace(/\.yaml$/, '');
    const manifests = named.get(name) ?? new Map<string, Manifest>();
    named.set(name, manifests);
    for (const manifest of file.manifests)
      manifests.set(identityOf(manifest.object) ?? JSON.stringify(manifest.object), manifest);
  }
  return new Map([...named].map(([name, manifests]) => [name, [...manifests.values()]]));
}

/** What cdk8s-cli's validation plugins map names to construct paths with; cdk8s writes it by name alone. */
function constructMetadata(files: readonly BundleFile[]): string {
  const resources: Record<string, { path: string }> = {};
  for (const { object, origin } of files.flatMap((file) => file.manifests)) {
    const { metadata } = object as { metadata?: { name?: string } };
    if (metadata?.name !== undefined) resources[metadata.name] = { path: origin.path };
  }
  return JSON.stringify({ version: '1.0.0', resources });
}
