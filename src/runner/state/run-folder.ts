import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { stored } from './item-log.ts';

/**
 * The folder of a run:
 *
 *   run.json             the state of the run
 *   attempts.jsonl       one line for each attempt of each item
 *   running.json         what runs now, while the run goes on
 *   report.html          the report, for people
 *   <task>/<item>.log    done; <item>.err: failed; attempts/<item>.<n>.err: earlier attempts of an item with retries
 *   _volumes/            what stands for volumes of the cluster
 *   _outputs/<task>/     values and lists that tasks have put out
 *
 * Names of tasks are DNS labels, so that none begins with `_` or has a `.` in it.
 */
export class RunFolder {
  readonly path: string;

  /** `path`: absolute. */
  constructor(path: string) {
    this.path = path;
  }

  task(name: string): string {
    return join(this.path, name);
  }

  get volumes(): string {
    return join(this.path, '_volumes');
  }

  outputs(task: string): string {
    return join(this.path, '_outputs', task);
  }

  get state(): string {
    return join(this.path, 'run.json');
  }

  get attempts(): string {
    return join(this.path, 'attempts.jsonl');
  }

  get running(): string {
    return join(this.path, 'running.json');
  }

  get lock(): string {
    return join(this.path, 'run.lock');
  }

  /** Makes the folder of a task and returns the names of the logs that are there, `.log` and `.err`. */
  async openTask(name: string): Promise<ReadonlySet<string>> {
    const folder = this.task(name);
    await stored(folder, mkdir(folder, { recursive: true }));
    const files = await stored(folder, readdir(folder));
    return new Set(files.filter((file) => file.endsWith('.log') || file.endsWith('.err')));
  }
}
