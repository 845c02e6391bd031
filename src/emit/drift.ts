import { join } from 'node:path';
import { readText } from './disk.ts';
import { textOf } from './output-file.ts';
import type { WritePlan } from './plan.ts';
import { unifiedDiff } from './unified-diff.ts';

/** How the output folder differs from what podloom makes now, one unified diff for each file that differs. */
export function driftOf(plan: WritePlan): string[] {
  const changed = plan.files.filter((file) => file.change !== 'none');
  const old = (path: string): string => readText(join(plan.out, path));
  return [
    ...changed.map((file) =>
      unifiedDiff(`${plan.shownOut}/${file.path}`, file.change === 'create' ? undefined : old(file.path), textOf(file)),
    ),
    ...plan.stale.map((path) => unifiedDiff(`${plan.shownOut}/${path}`, old(path), undefined)),
  ];
}
