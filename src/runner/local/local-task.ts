import { rm } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { ItemValue } from '../../ir/items.ts';
import type { Output } from '../../ir/task.ts';
import type { Clock } from '../clock.ts';
import type { StepSession, TaskWork } from '../engine.ts';
import type { AttemptOutcome } from '../failure.ts';
import { OutputFiles, type TextOutput, textOutputs } from '../output-files.ts';
import { type LogWriter, StorageError } from '../state/item-log.ts';
import type { OutputValue } from '../values.ts';
import { runAttempt } from './attempt.ts';
import {
  containerVariables,
  itemVariables,
  rankVariables,
  runVariables,
  type UserEnvironment,
  type Variables,
} from './environment.ts';
import type { Processes, ProcessSpec } from './processes.ts';
import { resolveProgram, type UnitScope } from './resolve.ts';
import { inside, isPrivate, type LocalVolumes } from './volumes.ts';

/** Between SIGTERM and SIGKILL, in seconds, when the task does not say it. Shorter than the 30 of Kubernetes: someone waits. */
const GRACE_SECONDS = 10;

export interface LocalTaskOptions extends TaskWork {
  readonly root: string;
  readonly clock: Clock;
  /** Temporary folder of this task; may not exist. */
  readonly scratch: string;
  readonly user: UserEnvironment;
  readonly inherited: Variables;
  readonly processes: Processes;
  readonly volumes: LocalVolumes;
  readonly outputsFolder: string;
  readonly scriptFile: string;
}

/** One task under the local engine. */
export class LocalTask implements StepSession {
  readonly kind = 'steps';
  readonly #options: LocalTaskOptions;
  readonly #textOutputs: readonly TextOutput[];
  readonly #runVariables: Variables;

  constructor(options: LocalTaskOptions) {
    this.#options = options;
    this.#textOutputs = textOutputs(options.task);
    this.#runVariables = runVariables(options.task, options.values);
  }

  async hasOutputs(unit: number): Promise<boolean> {
    return this.#textOutputs.length === 0 || this.#outputFiles(unit).exist();
  }

  async run(unit: number, attempt: number, log: LogWriter, stop: AbortSignal): Promise<AttemptOutcome> {
    const { task, clock, processes, volumes } = this.#options;
    const scratch = join(this.#options.scratch, `${unit}.${attempt}`);
    const outputs = this.#textOutputs.length > 0 ? this.#outputFiles(unit) : undefined;
    await outputs?.prepare();
    const ownFolders = task.container.volumes.filter(isPrivate);
    await volumes.make(ownFolders, scratch);
    try {
      const outcome = await runAttempt({
        specs: await this.#specs(unit, scratch, outputs),
        timeoutSeconds: task.timeoutSeconds,
        graceSeconds: task.terminationGraceSeconds ?? GRACE_SECONDS,
        ...{ clock, processes, log, stop },
      });
      if (outcome.kind === 'failed' || outputs === undefined) return outcome;
      return await outputs.check();
    } finally {
      if (ownFolders.length > 0) await rm(scratch, { recursive: true, force: true });
    }
  }

  async outputs(): Promise<ReadonlyMap<string, OutputValue>> {
    const values = new Map<string, OutputValue>();
    for (const output of this.#options.task.outputs) {
      const value = await this.#output(output);
      if (value !== undefined) values.set(output.name, value);
    }
    return values;
  }

  async close(): Promise<void> {
    await rm(this.#options.scratch, { recursive: true, force: true });
  }

  async #specs(unit: number, scratch: string, outputs: OutputFiles | undefined): Promise<ProcessSpec[]> {
    const { task, values, units, inherited, user, root, processes, scriptFile } = this.#options;
    const items = units.items(unit);
    const mountPath = (volume: string): string => this.#mountPath(volume, scratch);
    const scope: UnitScope = { values, index: unit, items, mountPath };
    const environment: Variables = {
      ...inherited,
      ...this.#runVariables,
      ...(task.forEach && { PODLOOM_INDEX: String(unit) }),
      ...itemVariables(task, items),
      ...outputs?.variables(),
      ...containerVariables(task, scope, user),
    };
    const spec = {
      argv: resolveProgram(task.container, scope, scriptFile),
      environment,
      cwd: this.#workingDirectory(scratch) ?? root,
    };
    const { replicas } = task;
    if (replicas === undefined) return [spec];
    const port = await processes.freePort();
    return Array.from({ length: replicas }, (_, rank) => ({
      ...spec,
      environment: { ...environment, ...rankVariables(rank, replicas, port) },
    }));
  }

  /** The folder of a mount that `workingDir` is in. Any other working directory is one of the image. */
  #workingDirectory(scratch: string): string | undefined {
    const { workingDir, volumes } = this.#options.task.container;
    const mount = volumes.find(({ mountPath }) => mountPath === workingDir);
    return mount && this.#options.volumes.path(mount, scratch);
  }

  #mountPath(volume: string, scratch: string): string {
    const mount = this.#options.task.container.volumes.find((one) => one.volume === volume);
    const path = mount && this.#options.volumes.path(mount, scratch);
    if (path === undefined) throw new RangeError(`no folder for volume ${volume}`);
    return path;
  }

  #outputFiles(unit: number): OutputFiles {
    const { outputsFolder, units, task } = this.#options;
    const folder = task.forEach === undefined ? outputsFolder : join(outputsFolder, units.name(unit));
    return new OutputFiles(folder, this.#textOutputs);
  }

  async #output(output: Output): Promise<OutputValue | undefined> {
    const { scratch, task } = this.#options;
    switch (output.kind) {
      case 'value':
      case 'list':
        return this.#textOutput(output);
      case 'file':
        return { kind: 'text', text: posix.join(this.#mountPath(output.volume, scratch), inside(output.path)) };
      case 's3':
        throw new TypeError(`output ${output.name} of ${task.name}: no store on this machine`);
    }
  }

  /** Of a task with items: lists are joined in the order of the items, values become a JSON array. */
  async #textOutput(output: TextOutput): Promise<OutputValue> {
    const { units, task } = this.#options;
    const texts: string[] = [];
    const items: ItemValue[] = [];
    for (let unit = 0; unit < units.count; unit++) {
      const files = this.#outputFiles(unit);
      const read = await files.read(output);
      // An item that may fail (maxFailed) has put out nothing.
      if (typeof read === 'string') texts.push(read);
      else if (!('problem' in read)) for (const item of read) items.push(item);
      else if (task.forEach === undefined) throw new StorageError(this.#options.outputsFolder, new Error(read.problem));
    }
    if (output.kind === 'list') return { kind: 'list', items };
    return { kind: 'text', text: task.forEach === undefined ? texts[0]! : JSON.stringify(texts) };
  }
}
