import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { App } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import { compile, targetNames } from '../../src/compile.ts';
import { lowerPipeline } from '../../src/constructs/lower/pipeline.ts';
import { Collector } from '../../src/diagnostics/collector.ts';
import type { TargetName } from '../../src/ir/bundle.ts';
import { defaultProfile } from '../../src/ir/profile.ts';
import { supportsLocal } from '../../src/runner/local/supports.ts';
import { validateManifests } from '../../src/validate/validate-manifests.ts';
import { type Feature, features } from './features.ts';

const file = fileURLToPath(new URL('../../docs/targets.md', import.meta.url));
const notes = fileURLToPath(new URL('../../docs/target-differences.md', import.meta.url));

/** What a target makes of a construct: the kinds of its objects, or the codes of what it cannot mean. */
interface Verdict {
  readonly cell: string;
  readonly errors: readonly string[];
}

async function verdict(feature: Feature, target: TargetName): Promise<Verdict> {
  const diagnostics = new Collector();
  const pipeline = lowerPipeline(feature.make(new App()) as never, diagnostics);
  const { bundles } = compile([pipeline], defaultProfile, [target], diagnostics);
  await validateManifests(
    bundles.flatMap((bundle) => bundle.files),
    defaultProfile,
    diagnostics,
  );
  return describeCodes(diagnostics);
}

function local(feature: Feature): Verdict {
  const diagnostics = new Collector();
  supportsLocal(lowerPipeline(feature.make(new App()) as never, diagnostics), {}, diagnostics);
  return describeCodes(diagnostics);
}

function describeCodes(diagnostics: Collector): Verdict {
  const link = (code: string) => `[${code}](../DIAGNOSTICS.md#${code.toLowerCase()})`;
  const bySeverity = (severity: string) => [
    ...new Set(
      diagnostics
        .sorted()
        .filter((one) => one.severity === severity)
        .map((one) => one.code),
    ),
  ];
  const errors = bySeverity('error');
  const warnings = bySeverity('warning');
  if (errors.length > 0) return { cell: `no: ${errors.map(link).join(' ')}`, errors };
  return { cell: warnings.length > 0 ? `yes, with ${warnings.map(link).join(' ')}` : 'yes', errors };
}

describe('constructs × targets', () => {
  test('docs/targets.md says what the targets do', async () => {
    const lines: string[] = [];
    let group = '';
    for (const feature of features) {
      if (feature.group !== group) {
        group = feature.group;
        lines.push('', `## ${group}`, '', '| construct | argo | jobs | local |', '|---|---|---|---|');
      }
      const cells = await Promise.all(targetNames.map((target) => verdict(feature, target)));
      lines.push(`| ${feature.name} | ${cells.map(({ cell }) => cell).join(' | ')} | ${local(feature).cell} |`);
    }
    const head =
      '# Constructs × targets\n\nMade by `test/targets/table.test.ts` (`UPDATE=1` rewrites it): every cell was compiled and held against the schemas.';
    const text = `${head}\n${lines.join('\n')}\n\n${readFileSync(notes, 'utf8')}`;
    if (process.env.UPDATE === '1') writeFileSync(file, text);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  test.each(features.map((feature) => [feature.group, feature.name, feature] as const))(
    '%s, %s: some target can mean it',
    async (_group, _name, feature) => {
      const verdicts = await Promise.all(targetNames.map((target) => verdict(feature, target)));
      const impossible = verdicts.every(({ errors }) => errors.length > 0);
      expect(impossible, verdicts.map(({ cell }) => cell).join(', ')).toBe(false);
    },
  );
});
