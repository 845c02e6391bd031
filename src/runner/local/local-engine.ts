import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Task } from '../../ir/task.ts';
import type { Clock } from '../clock.ts';
import type { Engine, TaskSession, TaskWork } from '../engine.ts';
import { stored } from '../state/item-log.ts';
import type { RunFolder } from '../state/run-folder.ts';
import { inheritedEnvironment, type UserEnvironment } from './environment.ts';
import { LocalTask } from './local-task.ts';
import type { Processes } from './processes.ts';
import { SystemProcesses } from './system-processes.ts';
import { isPrivate, LocalVolumes } from './volumes.ts';

export interface LocalEngineOptions {
  readonly folder: RunFolder;
  /** Working directory of the processes: the project's root, absolute. */
  readonly root: string;
  /** Where a private temporary folder is made, for example `os.tmpdir()`. */
  readonly temporaryRoot: string;
  readonly environment: UserEnvironment;
  /** The Node that programs called `node` get. */
  readonly execPath: string;
  readonly clock: Clock;
  /** Default: the processes of this machine. */
  readonly processes?: Processes | undefined;
}

/** Runs items as processes of this machine. POSIX only: it needs process groups and named pipes. */
export class LocalEngine implements Engine {
  readonly #options: LocalEngineOptions;
  readonly #temporary: string;
  readonly #processes: Processes;
  readonly #volumes: LocalVolumes;

  private constructor(options: LocalEngineOptions, temporary: string) {
    this.#options = options;
    this.#temporary = temporary;
    this.#processes = options.processes ?? new SystemProcesses(temporary);
    this.#volumes = new LocalVolumes(options.folder.volumes);
  }

  static async create(options: LocalEngineOptions): Promise<LocalEngine> {
    const prefix = join(options.temporaryRoot, 'podloom-');
    return new LocalEngine(options, await stored(prefix, mkdtemp(prefix)));
  }

  async open(work: TaskWork): Promise<TaskSession> {
    const { task } = work;
    const { folder, root, environment, execPath, clock } = this.#options;
    const scratch = join(this.#temporary, task.name);
    await this.#volumes.make(
      task.container.volumes.filter((mount) => !isPrivate(mount)),
      scratch,
    );
    return new LocalTask({
      ...work,
      root,
      clock,
      scratch,
      user: environment,
      inherited: inheritedEnvironment(environment, execPath),
      processes: this.#processes,
      volumes: this.#volumes,
      outputsFolder: folder.outputs(task.name),
      scriptFile: await this.#writeScript(task, scratch),
    });
  }

  async close(): Promise<void> {
    await this.#processes.close();
    await rm(this.#temporary, { recursive: true, force: true });
  }

  async #writeScript(task: Task, scratch: string): Promise<string> {
    const file = join(scratch, 'script');
    const { program } = task.container;
    if (program.kind !== 'script') return file;
    await stored(scratch, mkdir(scratch, { recursive: true }));
    await stored(file, writeFile(file, program.source, { mode: 0o700 }));
    return file;
  }
}
