import { readFile } from 'node:fs/promises';
import type { TaskSummary } from '../runner/event.ts';
import type { PlannedTask } from '../runner/state/plan.ts';
import type { RunState } from '../runner/state/run-record.ts';

/** run.json, or why there is none: `missing`, or what is wrong with it. */
export type ReadState =
  | { readonly kind: 'state'; readonly state: RunState }
  | { readonly kind: 'missing' }
  | { readonly kind: 'damaged'; readonly problem: string };

const RUN_STATUSES: ReadonlySet<unknown> = new Set(['running', 'succeeded', 'failed', 'interrupted']);
const TASK_STATUSES: ReadonlySet<unknown> = new Set(['succeeded', 'failed', 'skipped', 'neverRan', 'interrupted']);

/** Reads run.json. Everything that the report relies on is checked: a folder may come from anywhere. */
export async function readState(path: string): Promise<ReadState> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'missing' };
    return { kind: 'damaged', problem: `it cannot be read (${code})` };
  }
  try {
    return check(JSON.parse(text) as unknown);
  } catch {
    return { kind: 'damaged', problem: 'it is no JSON' };
  }
}

function check(value: unknown): ReadState {
  const damaged = (problem: string): ReadState => ({ kind: 'damaged', problem });
  if (!isRecord(value)) return damaged('it is no object');
  if (value['version'] !== 1) return damaged(`its version is ${JSON.stringify(value['version'])}, and 1 is known`);
  const { pipeline, run, engine, status, started, ended, tasks, plan = [], parameters = {}, command } = value;
  for (const [name, field] of Object.entries({ pipeline, run, engine }))
    if (typeof field !== 'string') return damaged(`"${name}" is no text`);
  if (!RUN_STATUSES.has(status)) return damaged(`its status is ${JSON.stringify(status)}, which is none`);
  if (!isTime(started) || !(ended === undefined || isTime(ended))) return damaged('its times are no times');
  if (!(command === undefined || typeof command === 'string')) return damaged('"command" is no text');
  if (!isRecord(parameters)) return damaged('"parameters" is no object');
  if (!Array.isArray(tasks) || !tasks.every(isSummary)) return damaged('"tasks" is no list of tasks');
  if (!Array.isArray(plan) || !plan.every(isPlanned)) return damaged('"plan" is no list of tasks');
  return { kind: 'state', state: value as unknown as RunState };
}

function isSummary(value: unknown): value is TaskSummary {
  return (
    isRecord(value) &&
    typeof value['name'] === 'string' &&
    TASK_STATUSES.has(value['status']) &&
    isCount(value['total']) &&
    (value['reason'] === undefined || typeof value['reason'] === 'string')
  );
}

function isPlanned(value: unknown): value is PlannedTask {
  if (!isRecord(value) || typeof value['name'] !== 'string' || !Array.isArray(value['after'])) return false;
  const texts = [value['place'], value['when'], value['gpuProduct']];
  const counts = [value['total'], value['replicas'], value['gpus']];
  return (
    value['after'].every(
      (edge) => isRecord(edge) && typeof edge['task'] === 'string' && typeof edge['on'] === 'string',
    ) &&
    texts.every((text) => text === undefined || typeof text === 'string') &&
    counts.every((count) => count === undefined || isCount(count))
  );
}

function isRecord(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

/** A time that a Date can be of. */
function isTime(value: unknown): value is number {
  return isCount(value) && value < 8e15;
}
