import { access, mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ItemShape, ItemValue } from '../ir/items.ts';
import type { Output, Task } from '../ir/task.ts';
import { envNameOf } from '../units/env-name.ts';
import { type AttemptOutcome, failed, SUCCEEDED } from './failure.ts';
import { parseList } from './list.ts';
import { stored } from './state/item-log.ts';

/** Largest value, in bytes: what fits the termination message of a pod. */
const LARGEST_VALUE_BYTES = 4096;

export type TextOutput = Extract<Output, { kind: 'value' | 'list' }>;

/** The outputs that programs write to `$PODLOOM_OUTPUT_<NAME>`. */
export function textOutputs(task: Task): TextOutput[] {
  return task.outputs.filter((output): output is TextOutput => output.kind === 'value' || output.kind === 'list');
}

/** The values and lists of one unit: a folder with a file for each. */
export class OutputFiles {
  readonly #folder: string;
  readonly #outputs: readonly TextOutput[];

  constructor(folder: string, outputs: readonly TextOutput[]) {
    this.#folder = folder;
    this.#outputs = outputs;
  }

  /** An empty folder, so that nothing of an earlier attempt counts. */
  async prepare(): Promise<void> {
    await stored(this.#folder, rm(this.#folder, { recursive: true, force: true }));
    await stored(this.#folder, mkdir(this.#folder, { recursive: true }));
  }

  variables(): { [name: string]: string } {
    return Object.fromEntries(
      this.#outputs.map(({ name }) => [`PODLOOM_OUTPUT_${envNameOf(name)}`, this.#path(name)] as const),
    );
  }

  async exist(): Promise<boolean> {
    const found = this.#outputs.map(({ name }) => access(this.#path(name)));
    return (await Promise.allSettled(found)).every(({ status }) => status === 'fulfilled');
  }

  /** Whether the program has written all of them, as they are declared. */
  async check(): Promise<AttemptOutcome> {
    for (const output of this.#outputs) {
      const read = await this.read(output);
      if (typeof read === 'object' && 'problem' in read) {
        return failed({ kind: 'output', output: output.name, problem: read.problem });
      }
    }
    return SUCCEEDED;
  }

  /** The text of a value, or the items of a list. */
  async read(output: TextOutput): Promise<string | readonly ItemValue[] | { readonly problem: string }> {
    const path = this.#path(output.name);
    let bytes: Uint8Array;
    try {
      const { size } = await stat(path);
      if (output.kind === 'value' && size > LARGEST_VALUE_BYTES) {
        return { problem: `has ${size} bytes: at most ${LARGEST_VALUE_BYTES} fit` };
      }
      bytes = await readFile(path);
    } catch {
      return { problem: `was not written to $PODLOOM_OUTPUT_${envNameOf(output.name)}` };
    }
    let text: string;
    try {
      text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      return { problem: 'is not valid UTF-8' };
    }
    if (text.includes('\0')) return { problem: 'has a NUL byte in it' };
    return output.kind === 'value' ? value(text, output.type) : list(text, output.shape, output.maxItems);
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }
}

function value(text: string, type: 'string' | 'number' | 'boolean'): string | { readonly problem: string } {
  const trimmed = text.endsWith('\n') ? text.slice(0, -1) : text;
  if (type === 'number' && (trimmed.trim() === '' || !Number.isFinite(Number(trimmed)))) {
    return { problem: `is not a number: ${JSON.stringify(trimmed.slice(0, 60))}` };
  }
  if (type === 'boolean' && trimmed !== 'true' && trimmed !== 'false') {
    return { problem: `is neither true nor false: ${JSON.stringify(trimmed.slice(0, 60))}` };
  }
  return trimmed;
}

function list(text: string, shape: ItemShape, maxItems: number): readonly ItemValue[] | { readonly problem: string } {
  const items = parseList(text, shape);
  if ('problem' in items) return items;
  return items.length > maxItems ? { problem: `has ${items.length} items: at most ${maxItems} are allowed` } : items;
}
