import { captureOrigin } from '../../diagnostics/capture.ts';
import { KnownItems, LISTED_LIMIT, tableOf } from './known-items.ts';
import { itemNumber } from './normalize.ts';
import { type Callee, Problems } from './problem.ts';

/** All combinations, the last field turning fastest. */
export function itemsFromProduct(axes: { readonly [field: string]: unknown }, below: Callee): KnownItems<unknown> {
  const source = 'Items.product(…)';
  const problems = new Problems(captureOrigin(below, source));
  const inherited = Object.values(axes).flatMap((axis) => (axis instanceof KnownItems ? axis.problems : []));
  const lists = Object.entries(axes).map(([field, axis]) => [field, listOf(field, axis, source, problems)] as const);
  const count = lists.reduce((product, [, values]) => product * values.length, lists.length === 0 ? 0 : 1);
  if (count > LISTED_LIMIT) {
    problems.add('PL049', { call: source, problem: `${count} combinations are too many; at most ${LISTED_LIMIT} are` });
  }
  if (problems.list.length > 0 || inherited.length > 0) return tableOf([], source, itemNumber, problems, inherited);
  let items: { readonly [field: string]: unknown }[] = count === 0 ? [] : [{}];
  for (const [field, values] of lists) {
    items = items.flatMap((item) => values.map((value) => ({ ...item, [field]: value })));
  }
  return tableOf(items, source, itemNumber, problems);
}

function listOf(field: string, axis: unknown, source: string, problems: Problems): readonly unknown[] {
  if (axis instanceof KnownItems) return (axis as KnownItems<unknown>).list(problems, source);
  if (Array.isArray(axis)) return axis;
  problems.add('PL049', {
    call: source,
    problem: `${JSON.stringify(field)} is neither a list nor Items that are known now`,
  });
  return [];
}
