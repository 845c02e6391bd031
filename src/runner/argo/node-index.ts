import type { ArgoNode } from './workflow-view.ts';

/** `(3:3)` at the end of the name of an item's node. */
const ITEM = /\(\d+:\d+\)$/;
/** `(1)` at the end of the name of an attempt's node. */
const ATTEMPT = /\((\d+)\)$/;

/** The nodes of a Workflow, found by their names. */
export class NodeIndex {
  readonly #byId = new Map<string, ArgoNode>();
  readonly #byName = new Map<string, ArgoNode>();
  readonly #byDisplayName = new Map<string, ArgoNode[]>();
  /** Nodes of items, by the name of their group. */
  readonly #items = new Map<string, ArgoNode[]>();

  constructor(nodes: readonly ArgoNode[]) {
    for (const node of nodes) {
      this.#byId.set(node.id, node);
      this.#byName.set(node.name, node);
      push(this.#byDisplayName, node.displayName, node);
      const group = node.name.replace(ITEM, '');
      if (group !== node.name) push(this.#items, group, node);
    }
  }

  get(name: string): ArgoNode | undefined {
    return this.#byName.get(name);
  }

  /** Outermost first: a task that is wrapped in a DAG of its own gives that its name too. */
  called(displayName: string): readonly ArgoNode[] {
    return [...(this.#byDisplayName.get(displayName) ?? [])].sort((a, b) => a.name.length - b.name.length);
  }

  itemsOf(group: ArgoNode): readonly ArgoNode[] {
    return this.#items.get(group.name) ?? [];
  }

  /** The group of all items that a node below one of them belongs to. */
  groupAbove(node: ArgoNode): ArgoNode | undefined {
    const item = this.#byId.get(node.boundaryID ?? '');
    return item && this.#byName.get(item.name.replace(ITEM, ''));
  }
}

/** The parent and the number, from 0, of a node that is one of several attempts. undefined: nothing is ever tried again there. */
export function attemptOfNode(name: string): { readonly parent: string; readonly number: number } | undefined {
  const match = ATTEMPT.exec(name);
  return match === null ? undefined : { parent: name.slice(0, match.index), number: Number(match[1]) };
}

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
