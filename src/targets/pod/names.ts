/** Name of the Job of a task in `dist/`; the runner appends `-<run>`. With several chunks each has its number. */
export function jobName(pipeline: string, task: string, chunk?: number): string {
  return chunk === undefined ? `${pipeline}-${task}` : `${pipeline}-${task}-${chunk}`;
}

/** Headless Service of a task with replicas, and `subdomain` of its pods. The same for all runs. */
export function serviceName(pipeline: string, task: string): string {
  return `${pipeline}-${task}`;
}

/**
 * Characters that a name of an Indexed Job may have: `<name>-<completions-1>` is the hostname of a pod, so at most 63 in
 * all; other Jobs are named in a label value. Source: ValidateJob of Kubernetes, pkg/apis/batch/validation/validation.go.
 */
export function maxJobNameLength(completions: number | undefined): number {
  return completions === undefined ? 63 : 63 - 1 - String(Math.max(completions - 1, 0)).length;
}
