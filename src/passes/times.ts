import type { Collector } from '../diagnostics/collector.ts';
import type { Origin } from '../diagnostics/location.ts';
import type { Pipeline } from '../ir/pipeline.ts';
import type { Profile } from '../ir/profile.ts';
import { formatDuration } from '../units/duration.ts';

/** No inner time limit is above one that it lies in. */
export function checkTimes(pipeline: Pipeline, _profile: Profile, diagnostics: Collector): void {
  const run = { name: "the pipeline's `deadline`", seconds: pipeline.deadlineSeconds };
  for (const task of pipeline.tasks) {
    const attempt = { name: '`timeout`', seconds: task.timeoutSeconds };
    const whole = { name: '`deadline`', seconds: task.deadlineSeconds };
    checkPair(attempt, whole, task.origin, diagnostics);
    checkPair(whole, run, task.origin, diagnostics);
    if (whole.seconds === undefined) checkPair(attempt, run, task.origin, diagnostics);
  }
}

interface Limit {
  readonly name: string;
  readonly seconds: number | undefined;
}

function checkPair(inner: Limit, outer: Limit, origin: Origin, diagnostics: Collector): void {
  if (inner.seconds === undefined || outer.seconds === undefined || inner.seconds <= outer.seconds) return;
  const times = { innerTime: formatDuration(inner.seconds), outerTime: formatDuration(outer.seconds) };
  diagnostics.report('PL085', { inner: inner.name, outer: outer.name, ...times }, { origin });
}
