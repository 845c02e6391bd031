import type { Collector } from '../diagnostics/collector.ts';
import type { Pipeline } from '../ir/pipeline.ts';
import type { Profile } from '../ir/profile.ts';
import type { Toleration } from '../ir/task.ts';
import { labelKeyProblem, labelValueProblem } from '../units/label.ts';
import { quoted } from '../units/parsed.ts';

export function checkTolerations(pipeline: Pipeline, _profile: Profile, diagnostics: Collector): void {
  for (const { placement, origin } of pipeline.tasks) {
    for (const toleration of placement.tolerations) {
      const problem = problemOf(toleration);
      if (problem !== undefined) diagnostics.report('PL171', { problem }, { origin });
    }
  }
}

function problemOf({ key, operator, value }: Toleration): string | undefined {
  if (key === undefined && operator !== 'Exists') return 'has no key: only `Exists` goes without one';
  if (operator === 'Exists' && value !== undefined && value !== '')
    return `has the value ${quoted(value)}, but \`Exists\` takes none`;
  const keyProblem = key === undefined ? undefined : labelKeyProblem(key);
  if (keyProblem !== undefined) return `has the key ${quoted(key ?? '')}, which ${keyProblem}`;
  const valueProblem = value === undefined ? undefined : labelValueProblem(value);
  return valueProblem === undefined ? undefined : `has the value ${quoted(value ?? '')}, which ${valueProblem}`;
}
