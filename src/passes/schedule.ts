import type { Collector } from '../diagnostics/collector.ts';
import type { Pipeline } from '../ir/pipeline.ts';
import type { Profile } from '../ir/profile.ts';
import { parseCron } from '../units/cron.ts';
import { quoted } from '../units/parsed.ts';
import { parseTimeZone } from '../units/time-zone.ts';

export function checkSchedule({ schedule, origin }: Pipeline, _profile: Profile, diagnostics: Collector): void {
  if (schedule === undefined) return;
  const cron = parseCron(schedule.cron);
  if (!cron.ok) {
    const { problem, hint } = cron;
    diagnostics.report('PL073', { cron: quoted(schedule.cron), problem, hint }, { origin });
  }
  const zone = parseTimeZone(schedule.timeZone);
  if (!zone.ok) {
    const { problem, hint } = zone;
    diagnostics.report('PL074', { timeZone: quoted(schedule.timeZone), problem, hint }, { origin });
  }
}
