import type { ItemState, RunStatus, ShownTaskStatus } from './model.ts';

/** What states are called, in reports. */
export const stateWords: { readonly [state in ItemState | RunStatus | ShownTaskStatus]: string } = {
  succeeded: 'succeeded',
  failed: 'failed',
  interrupted: 'interrupted',
  running: 'running',
  stopped: 'stopped',
  skipped: 'skipped',
  neverRan: 'never ran',
  waiting: 'waiting',
};

/** `0.4 s`, `12 s`, `3 min 12 s`, `2 h 5 min`, `3 d 4 h`. `milliseconds`: from 0. */
export function durationText(milliseconds: number): string {
  if (milliseconds < 9950) return `${(milliseconds / 1000).toFixed(milliseconds < 95 ? 2 : 1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  const hours = Math.round(minutes / 60);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** `+12 s`, or `−3 h 5 min` for what was before. */
export function sinceText(milliseconds: number): string {
  return milliseconds < 0 ? `−${durationText(-milliseconds)}` : `+${durationText(milliseconds)}`;
}

/** `2026-11-22 21:31:49 UTC` */
export function timeText(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** `12,345` */
export function countText(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 item`, `2 items` */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}
