import { expect, test } from 'vitest';
import { Collector } from '../../src/diagnostics/collector.ts';
import type { TargetName } from '../../src/ir/bundle.ts';
import { defaultProfile } from '../../src/ir/profile.ts';
import { checkInstalled } from '../../src/passes/index.ts';
import { aPipeline } from '../rig/ir.ts';
import { texts } from './check.ts';

function findings(crds: readonly string[] | undefined, ...targets: TargetName[]): string[] {
  const diagnostics = new Collector();
  checkInstalled([aPipeline({}), aPipeline({})], { ...defaultProfile, crds }, targets, diagnostics);
  return texts(diagnostics);
}

test('the target argo needs Argo Workflows, where the profile says what there is', () => {
  const missing = `PL407 warning example: the target argo needs Argo Workflows, which the profile "default" does not have
  help: Use \`--target jobs\`, or install Argo Workflows and read the profile again.`;
  expect(findings([], 'argo', 'jobs')).toEqual([missing]);
  expect(findings(['applications.argoproj.io/v1alpha1'], 'argo')).toEqual([missing]);
  expect(findings(['workflowtemplates.argoproj.io/v1alpha1'], 'argo')).toEqual([]);
  expect(findings([], 'jobs')).toEqual([]);
  expect(findings(undefined, 'argo')).toEqual([]);
});
