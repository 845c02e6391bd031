import { installRenderer } from './constructs/renderer.ts';
import { renderForCdk8s } from './render-for-cdk8s.ts';

export { and, type Condition, eq, ge, gt, le, lt, ne, not, oneOf, or } from './constructs/condition.ts';
export type { Item, ItemObject, Items as ItemsOf, ItemTable, RefListTo, RefTo } from './constructs/item-types.ts';
export { Items } from './constructs/items/index.ts';
export {
  type FileOutput,
  type ListOutput,
  Output,
  type OutputOf,
  type OutputSpec,
  type S3Output,
  type StoreProps,
} from './constructs/output.ts';
export { Pipeline } from './constructs/pipeline.ts';
export type * from './constructs/props.ts';
export type { Ref, RefList } from './constructs/reference.ts';
export { Task } from './constructs/task.ts';
export { type Mount, Volume } from './constructs/volume.ts';
export type { JsonObject, Scalar } from './ir/scalar.ts';
export type { EdgeCondition, RetryCause, Toleration, Topology } from './ir/task.ts';

installRenderer(renderForCdk8s);
