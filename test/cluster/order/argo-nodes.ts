import { countPods } from '../../../src/ir/item-values.ts';
import type { Pipeline } from '../../../src/ir/pipeline.ts';
import type { Task } from '../../../src/ir/task.ts';
import { NodeIndex } from '../../../src/runner/argo/node-index.ts';
import { countItemNodes, itemwiseTasks, taskNodes } from '../../../src/runner/argo/task-nodes.ts';
import type { ArgoNode } from '../../../src/runner/argo/workflow-view.ts';
import type { TaskStatus } from '../../../src/runner/edges.ts';
import { nodeNames } from '../../../src/targets/argo/run-objects.ts';

export type { ArgoNode };
export type ArgoTasks = ReadonlyMap<string, { status: TaskStatus; units: number | undefined }>;

/** Says of each task of the pipeline how it ended, from the nodes of a Workflow that has ended. */
export function tasksOfNodes(pipeline: Pipeline, nodes: readonly ArgoNode[]): ArgoTasks {
  const itemwise = itemwiseTasks(pipeline);
  const names = nodeNames(pipeline);
  const index = new NodeIndex(nodes);
  return new Map(
    pipeline.tasks.map((task) => {
      const name = names.get(task.name) as string;
      const { status } = taskNodes(name, itemwise.has(task.name), index, true);
      return [task.name, { status: status as TaskStatus, units: unitsOf(task, name, index) }];
    }),
  );
}

/** Items of a task; those of a list that is made at run time are counted in the nodes. */
function unitsOf({ forEach }: Task, name: string, index: NodeIndex): number | undefined {
  if (forEach === undefined) return undefined;
  return forEach.items.kind === 'output' ? countItemNodes(name, index) : countPods(forEach);
}
