import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Task } from '../../ir/task.ts';
import { OutputFiles, textOutputs } from '../output-files.ts';
import { stored } from '../state/item-log.ts';
import type { RunFolder } from '../state/run-folder.ts';
import type { Units } from '../units.ts';
import { outputsOf, type TaskNodes } from './task-nodes.ts';
import type { ArgoNode } from './workflow-view.ts';

/** Keeps the values and lists that Argo has of a task where other engines keep them. It has those only that another task uses. */
export async function keepOutputs(
  task: Task,
  units: Units,
  folder: RunFolder,
  nodes: TaskNodes,
  nodeOf: (unit: number) => ArgoNode | undefined,
): Promise<void> {
  const declared = textOutputs(task);
  if (declared.length === 0) return;
  for (let unit = 0; unit < units.count; unit++) {
    const own = nodeOf(unit);
    const values = task.forEach === undefined ? outputsOf(nodes) : own && outputsOf({ ...nodes, nodes: [own] });
    if (values === undefined || !declared.every(({ name }) => values.has(name))) continue;
    const base = folder.outputs(task.name);
    const path = task.forEach === undefined ? base : join(base, units.name(unit));
    await new OutputFiles(path, declared).prepare();
    for (const { name } of declared) {
      const file = join(path, name);
      await stored(file, writeFile(file, values.get(name) ?? ''));
    }
  }
}
