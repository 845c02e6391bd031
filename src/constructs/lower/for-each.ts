import type { ForEach, ItemShape } from '../../ir/items.ts';
import { isObject } from '../foreign.ts';
import { itemsOf } from '../items/index.ts';
import { type RunTimeList, runTimeList, runTimeOwner } from '../run-time-items.ts';
import { describe } from './describe.ts';
import type { TaskScope } from './scope.ts';

/** The items of a task, and in the scope what its texts may refer to. */
export function lowerForEach(scope: TaskScope): ForEach | undefined {
  const { forEach, itemsPerPod } = scope.props;
  if (forEach === undefined) return undefined;
  if (!isObject(forEach)) {
    scope.report('PL353', {
      prop: 'forEach',
      found: describe(forEach),
      wanted: "items: Items.of('a', 'b'), Items.lines('items.txt'), …",
    });
    return undefined;
  }
  const list = runTimeList(forEach);
  if (list !== undefined) return lowerRunTimeList(list, forEach, itemsPerPod ?? 1, scope);
  const known = itemsOf(forEach);
  if (known === undefined) {
    scope.report('PL353', {
      prop: 'forEach',
      found: describe(forEach),
      wanted: "items: Items.of('a', 'b'), Items.lines('items.txt'), …",
    });
    return undefined;
  }
  known.report(scope.pipeline.diagnostics, scope.origin);
  scope.itemOwner = known.owner;
  if (known.items === undefined) return undefined;
  const { items, batch } = known;
  scope.itemFields = items.kind === 'table' && items.shape.kind === 'object' ? items.shape.fields : undefined;
  return { items, batch, itemsPerPod: itemsPerPod ?? 1 };
}

function lowerRunTimeList(
  list: RunTimeList,
  items: object,
  itemsPerPod: number,
  scope: TaskScope,
): ForEach | undefined {
  scope.itemOwner = runTimeOwner(items);
  scope.itemFields = fieldsOf(list.shape);
  const task = scope.pipeline.names.get(list.task);
  if (task === undefined) {
    scope.report('PL350', {
      what: `list ${list.output} of a task in another pipeline`,
      use: `\`forEach\` of task ${scope.name}`,
    });
    return undefined;
  }
  scope.addEdge(task, 'succeeded', 'reference');
  return { items: { kind: 'output', task, output: list.output, shape: list.shape }, batch: 1, itemsPerPod };
}

function fieldsOf(shape: ItemShape): readonly string[] | undefined {
  return shape.kind === 'object' ? shape.fields : undefined;
}
