import { copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Collector } from '../diagnostics/collector.ts';
import { writeChunks } from './disk.ts';
import { systemReason, type WritePlan } from './plan.ts';

/**
 * Carries a plan out: all or nothing. New texts are written beside the output first and then moved into place one by one, so
 * that a reader sees whole files only; when anything fails, what was there is put back. Returns whether it worked.
 */
export function applyPlan(plan: WritePlan, diagnostics: Collector): boolean {
  if (plan.stale.length === 0 && plan.files.every((file) => file.change === 'none')) return true;
  /** What puts back what was there: run from the last to the first. */
  const undo: (() => void)[] = [];
  let staging: string | undefined;
  try {
    makeFolder(plan.out, undo);
    staging = mkdtempSync(join(plan.out, '.podloom-'));
    carryOut(plan, staging, undo);
    return true;
  } catch (error) {
    for (const step of undo.reverse()) step();
    diagnostics.report('PL331', { path: plan.shownOut, reason: systemReason(error) });
    return false;
  } finally {
    if (staging !== undefined) rmSync(staging, { recursive: true, force: true });
  }
}

function carryOut(plan: WritePlan, staging: string, undo: (() => void)[]): void {
  const changed = plan.files.filter((file) => file.change !== 'none');
  for (const [number, file] of changed.entries()) writeChunks(join(staging, `new-${number}`), file.chunks());
  changed.forEach((file, number) => {
    const path = join(plan.out, file.path);
    makeFolder(dirname(path), undo);
    const kept = join(staging, `old-${number}`);
    if (file.change === 'update') copyFileSync(path, kept);
    renameSync(join(staging, `new-${number}`), path);
    undo.push(() => (file.change === 'update' ? renameSync(kept, path) : rmSync(path, { force: true })));
  });
  plan.stale.forEach((stale, number) => {
    const path = join(plan.out, stale);
    const kept = join(staging, `stale-${number}`);
    renameSync(path, kept);
    undo.push(() => renameSync(kept, path));
  });
}

function makeFolder(path: string, undo: (() => void)[]): void {
  const made = mkdirSync(path, { recursive: true });
  if (made !== undefined) undo.push(() => rmSync(made, { recursive: true, force: true }));
}
