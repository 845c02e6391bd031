import { writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { ItemValue } from '../../ir/items.ts';
import type { Output, Task } from '../../ir/task.ts';
import { parseGatheredOutputs } from '../../units/gathered-outputs.ts';
import type { AttemptOutcome } from '../failure.ts';
import { SUCCEEDED } from '../failure.ts';
import { OutputFiles, type TextOutput, textOutputs } from '../output-files.ts';
import { stored } from '../state/item-log.ts';
import type { Units } from '../units.ts';
import type { OutputValue } from '../values.ts';

/** What the pods of a task put out, kept as files in the folder of the run. */
export class TaskOutputs {
  readonly #task: Task;
  readonly #units: Units;
  readonly #folder: string;
  readonly #text: readonly TextOutput[];

  constructor(task: Task, units: Units, folder: string) {
    this.#task = task;
    this.#units = units;
    this.#folder = folder;
    this.#text = textOutputs(task);
  }

  async exist(unit: number): Promise<boolean> {
    return this.#text.length === 0 || this.#filesOf(unit).exist();
  }

  /** Keeps what the termination message of a unit's pod says; the outcome is a failure when that is not what was declared. */
  async take(unit: number, message: string): Promise<AttemptOutcome> {
    const [only, ...others] = this.#text;
    if (only === undefined) return SUCCEEDED;
    const files = this.#filesOf(unit);
    await files.prepare();
    const texts = others.length === 0 ? new Map([[only.name, message]]) : parseGatheredOutputs(message);
    for (const [name, text] of texts) {
      if (!this.#text.some((output) => output.name === name)) continue;
      const path = join(this.#folderOf(unit), name);
      // As the program wrote it: gathering takes the last newline off, which may be one of several.
      await stored(path, writeFile(path, others.length === 0 ? text : `${text}\n`));
    }
    return files.check();
  }

  /** Of a task with items: lists are joined in the order of the items, values become a JSON array. */
  async read(): Promise<ReadonlyMap<string, OutputValue>> {
    const values = new Map<string, OutputValue>();
    for (const output of this.#task.outputs) {
      const value = await this.#value(output);
      if (value !== undefined) values.set(output.name, value);
    }
    return values;
  }

  async #value(output: Output): Promise<OutputValue | undefined> {
    switch (output.kind) {
      case 'value':
      case 'list':
        return this.#textValue(output);
      case 'file': {
        // A path that is the same in all containers that mount the volume there.
        const mount = this.#task.container.volumes.find(({ volume }) => volume === output.volume);
        return { kind: 'text', text: posix.join(mount?.mountPath ?? '/', output.path) };
      }
      case 's3':
        return undefined;
    }
  }

  async #textValue(output: TextOutput): Promise<OutputValue | undefined> {
    const texts: string[] = [];
    const items: ItemValue[] = [];
    for (let unit = 0; unit < this.#units.count; unit++) {
      const read = await this.#filesOf(unit).read(output);
      // An item that may fail (maxFailed) has put out nothing.
      if (typeof read === 'string') texts.push(read);
      else if (!('problem' in read)) for (const item of read) items.push(item);
    }
    if (output.kind === 'list') return { kind: 'list', items };
    if (this.#task.forEach !== undefined) return { kind: 'text', text: JSON.stringify(texts) };
    return texts[0] === undefined ? undefined : { kind: 'text', text: texts[0] };
  }

  #folderOf(unit: number): string {
    return this.#task.forEach === undefined ? this.#folder : join(this.#folder, this.#units.name(unit));
  }

  #filesOf(unit: number): OutputFiles {
    return new OutputFiles(this.#folderOf(unit), this.#text);
  }
}
