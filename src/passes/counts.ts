import type { Collector } from '../diagnostics/collector.ts';
import type { Origin } from '../diagnostics/location.ts';
import { countUnits } from '../ir/item-values.ts';
import type { Pipeline } from '../ir/pipeline.ts';
import type { Profile } from '../ir/profile.ts';
import type { Task } from '../ir/task.ts';
import { formatDuration } from '../units/duration.ts';

const atLeast1 = { rule: 'a whole number of at least 1', min: 1, max: Number.MAX_SAFE_INTEGER };
const atLeast0 = { rule: 'a whole number of at least 0', min: 0, max: Number.MAX_SAFE_INTEGER };
const exitCode = { rule: 'a whole number from 1 to 255', min: 1, max: 255 };
/** Kubernetes ValidateUserID, v1.33: 0 to 2³¹-1. */
const userId = { rule: 'a whole number from 0 to 2147483647', min: 0, max: 2_147_483_647 };
const mode = { rule: 'a file mode from 0 to 0o777', min: 0, max: 0o777 };
type Range = typeof atLeast1;

/** Numbers that users give are whole and in range, and no more items may fail than there are. */
export function checkCounts(pipeline: Pipeline, _profile: Profile, diagnostics: Collector): void {
  checkRange('maxRunning', pipeline.maxRunning, atLeast1, pipeline.origin, diagnostics);
  for (const task of pipeline.tasks) {
    for (const [field, value, range] of numbersOf(task)) checkRange(field, value, range, task.origin, diagnostics);
    checkFactor(task, diagnostics);
    checkMaxFailed(task, diagnostics);
  }
}

function checkRange(
  field: string,
  value: number | undefined,
  range: Range,
  origin: Origin,
  diagnostics: Collector,
): void {
  if (value === undefined || (Number.isInteger(value) && value >= range.min && value <= range.max)) return;
  diagnostics.report('PL075', { field, value, rule: range.rule }, { origin });
}

type Counted = readonly [field: string, value: number | undefined, range: Range];

function numbersOf(task: Task): Counted[] {
  const { security, volumes } = task.container;
  const numbers: Counted[] = [
    ['replicas', task.replicas, atLeast1],
    ['maxRunning', task.maxRunning, atLeast1],
    ['retries.limit', task.retries.limit, atLeast0],
    ['security.user', security.runAsUser, userId],
    ['security.group', security.runAsGroup, userId],
    ['security.fsGroup', security.fsGroup, userId],
  ];
  if (task.maxFailed?.kind === 'count') numbers.push(['maxFailed', task.maxFailed.count, atLeast0]);
  for (const code of task.retries.exceptExitCodes) numbers.push(['retries.exceptExitCodes', code, exitCode]);
  for (const output of task.outputs) {
    if (output.kind === 'list') numbers.push([`outputs.${output.name}.maxItems`, output.maxItems, atLeast1]);
  }
  for (const { volume, source } of volumes) {
    if (source.kind !== 'configMap' && source.kind !== 'secret') continue;
    numbers.push([`volumes.${volume}.defaultMode`, source.defaultMode, mode]);
    for (const item of source.items ?? []) numbers.push([`volumes.${volume}.mode`, item.mode, mode]);
  }
  return numbers;
}

function checkFactor({ retries: { backoff }, origin }: Task, diagnostics: Collector): void {
  if (backoff === undefined) return;
  const { seconds, factor, capSeconds } = backoff;
  if (!(Number.isFinite(factor) && factor >= 1)) {
    const params = { field: 'retries.backoff.factor', value: factor, rule: 'a number of at least 1' };
    diagnostics.report('PL075', params, { origin });
  }
  if (capSeconds !== undefined && capSeconds < seconds) {
    diagnostics.report('PL077', { base: formatDuration(seconds), cap: formatDuration(capSeconds) }, { origin });
  }
}

function checkMaxFailed({ maxFailed, forEach, origin }: Task, diagnostics: Collector): void {
  if (maxFailed === undefined) return;
  if (maxFailed.kind === 'percent') {
    const { percent } = maxFailed;
    if (percent >= 0 && percent <= 100) return;
    diagnostics.report(
      'PL075',
      { field: 'maxFailed', value: percent, rule: 'a percentage from 0% to 100%' },
      { origin },
    );
    return;
  }
  const count = forEach === undefined ? 1 : countUnits(forEach);
  if (count !== undefined && count > 0 && Number.isInteger(maxFailed.count) && maxFailed.count > count) {
    diagnostics.report('PL086', { maxFailed: maxFailed.count, count }, { origin });
  }
}
