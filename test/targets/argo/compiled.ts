import { Collector } from '../../../src/diagnostics/collector.ts';
import type { Pipeline } from '../../../src/ir/pipeline.ts';
import { defaultProfile, type Profile } from '../../../src/ir/profile.ts';
import type { JsonObject } from '../../../src/ir/scalar.ts';
import type { Reference, Text } from '../../../src/ir/text.ts';
import { argoTarget } from '../../../src/targets/argo/index.ts';
import { aCommand, aContainer, aPipeline } from '../../rig/ir.ts';

export function compile(pipeline: Partial<Pipeline>, profile: Profile = defaultProfile) {
  const diagnostics = new Collector();
  const whole = aPipeline(pipeline);
  argoTarget.supports(whole, profile, diagnostics);
  const { files } = argoTarget.lower(whole, profile, diagnostics);
  const objects = files.flatMap(({ manifests }) => manifests.map(({ object }) => object));
  const workflow = objects.find(({ kind }) => kind === 'WorkflowTemplate') as JsonObject;
  const spec = workflow['spec'] as JsonObject;
  const templates = spec['templates'] as readonly JsonObject[];
  return {
    files,
    objects,
    spec,
    templates,
    template: (name: string) => {
      const found = templates.find((each) => each['name'] === name);
      if (found === undefined) throw new Error(`no template ${name}`);
      return found;
    },
    codes: diagnostics.sorted().map(({ code }) => code),
  };
}

export function envOf(template: JsonObject): readonly JsonObject[] {
  return (template['container'] as { env: readonly JsonObject[] }).env;
}

export function dagTasks(template: JsonObject): readonly JsonObject[] {
  return (template['dag'] as { tasks: readonly JsonObject[] }).tasks;
}

export const item = { kind: 'item' } as const satisfies Reference;
export const output = (task: string, name: string) =>
  ({ kind: 'output', task, output: name }) as const satisfies Reference;
export const running = (...argv: readonly (string | Text)[]) => aContainer({ program: aCommand(...argv) });
