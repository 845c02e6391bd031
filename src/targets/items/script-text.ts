import { itemVariables, shapeOf } from '../../ir/item-values.ts';
import type { Task } from '../../ir/task.ts';
import type { Reference, Text } from '../../ir/text.ts';
import { shellQuote } from '../../units/shell-quote.ts';
import { mountPathOf } from './kubelet.ts';
import { environmentName } from './references.ts';

/** How references are called in the script of one task. */
export class ScriptNames {
  readonly #task: Task;
  /** The variable that has the item, or a field of it, by field. */
  readonly #variables: ReadonlyMap<string | undefined, string>;
  /** Joined lists that the script has to make: variable by function and separator. */
  readonly #joined = new Map<string, JoinedList>();

  constructor(task: Task) {
    this.#task = task;
    const variables = task.forEach === undefined ? [] : itemVariables(shapeOf(task.forEach.items));
    this.#variables = new Map(variables.map(({ field, name }) => [field, name]));
  }

  get batch(): number {
    return this.#task.forEach?.batch ?? 1;
  }

  /** Those that the texts written so far use. */
  get joined(): readonly JoinedList[] {
    return [...this.#joined.values()];
  }

  /** The function that calls its arguments with the items of a batch (or one field of each) after them. */
  listFunction(field: string | undefined): string {
    return `podloom_list${Math.max(0, [...this.#variables.keys()].indexOf(field))}`;
  }

  /** The variable of an item; the empty string for a field that it has not, which a check reports. */
  itemWord(field: string | undefined): string {
    const variable = this.#variables.get(field);
    return variable === undefined ? "''" : `"$${variable}"`;
  }

  /** The text as one word. */
  word(text: Text): string {
    return text.map((part) => (typeof part === 'string' ? shellQuote(part) : this.#reference(part))).join('') || "''";
  }

  #reference(reference: Reference): string {
    switch (reference.kind) {
      case 'item':
        return this.itemWord(reference.field);
      case 'batch':
        return this.batch === 1 ? this.itemWord(reference.field) : `"$${this.#join(reference)}"`;
      case 'index':
        return '"$podloom_i"';
      case 'mount':
        return shellQuote(mountPathOf(reference.volume, this.#task.container));
      case 'parameter':
      case 'output':
      case 'run':
      case 'status':
        return `"$${environmentName(reference)}"`;
    }
  }

  #join({ field, separator }: Extract<Reference, { kind: 'batch' }>): string {
    const list = this.listFunction(field);
    const key = `${list} ${separator}`;
    const made = this.#joined.get(key) ?? { list, separator, variable: `podloom_joined${this.#joined.size}` };
    this.#joined.set(key, made);
    return made.variable;
  }
}

export interface JoinedList {
  readonly list: string;
  readonly separator: string;
  readonly variable: string;
}
