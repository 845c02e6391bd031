import { Collector } from '../../src/diagnostics/collector.ts';
import type { BundleFile } from '../../src/ir/bundle.ts';
import { defaultProfile, type Profile } from '../../src/ir/profile.ts';
import type { JsonObject } from '../../src/ir/scalar.ts';
import { validateManifests } from '../../src/validate/validate-manifests.ts';

const origin = {
  location: { file: '/project/pipelines/hello.ts', line: 5, column: 1 },
  callers: [],
  path: 'hello/greet',
};

export interface Options {
  readonly gitops?: boolean;
  readonly profile?: Partial<Profile>;
}

/** What validation says of these objects: `code severity message → help`, one a line. */
export async function findings(
  objects: readonly JsonObject[],
  { gitops = false, profile = {} }: Options = {},
): Promise<string[]> {
  const diagnostics = new Collector();
  const file: BundleFile = {
    path: 'jobs/hello.yaml',
    gitops,
    manifests: objects.map((object) => ({ object, origin })),
  };
  await validateManifests([file], { ...defaultProfile, ...profile }, diagnostics);
  return lines(diagnostics);
}

export function lines(diagnostics: Collector): string[] {
  return diagnostics.sorted().map(({ code, severity, message, help }) => `${code} ${severity}: ${message} → ${help}`);
}

export function job(spec: JsonObject = {}, pod: JsonObject = {}, container: JsonObject = {}): JsonObject {
  const containers = [{ name: 'main', image: 'busybox:1.37', ...container }];
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'greet' },
    spec: { template: { spec: { restartPolicy: 'Never', containers, ...pod } }, ...spec },
  };
}

export function workflowTemplate(template: JsonObject, spec: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'WorkflowTemplate',
    metadata: { name: 'hello' },
    spec: { entrypoint: 'main', templates: [{ name: 'main', ...template }], ...spec },
  };
}

export function configMap(data: JsonObject, metadata: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'notes', ...metadata }, data };
}
