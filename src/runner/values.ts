import type { ItemValue } from '../ir/items.ts';
import type { Scalar } from '../ir/scalar.ts';

/** What a task has put out, as later tasks see it. */
export type OutputValue =
  /** A value, or the path of a file. */
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'list'; readonly items: readonly ItemValue[] };

/** All that is known at run time and not at compile time. Grows as tasks end. */
export class RunValues {
  readonly run: string;
  readonly parameters: ReadonlyMap<string, Scalar>;
  /** How the main tasks ended; exit tasks may ask. */
  status: 'Succeeded' | 'Failed' = 'Succeeded';
  readonly #outputs = new Map<string, OutputValue>();

  constructor(run: string, parameters: ReadonlyMap<string, Scalar>) {
    this.run = run;
    this.parameters = parameters;
  }

  /** undefined: the task has not run, or not to the end. */
  output(task: string, output: string): OutputValue | undefined {
    return this.#outputs.get(`${task}.${output}`);
  }

  addOutputs(task: string, outputs: ReadonlyMap<string, OutputValue>): void {
    for (const [name, value] of outputs) this.#outputs.set(`${task}.${name}`, value);
  }

  /** The text that stands for a parameter. Throws for an unknown one: that is caught before a run. */
  parameterText(name: string): string {
    const value = this.parameters.get(name);
    if (value === undefined) throw new RangeError(`no parameter ${name}`);
    return String(value);
  }

  /** The text that stands for a value or file. Throws when there is none: `missingInput` finds that first. */
  outputText(task: string, output: string): string {
    const value = this.output(task, output);
    if (value === undefined) throw new RangeError(`no output ${task}.${output}`);
    return value.kind === 'text' ? value.text : JSON.stringify(value.items);
  }
}
