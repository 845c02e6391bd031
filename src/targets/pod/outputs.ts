import type { Container, Output, Task } from '../../ir/task.ts';
import { envNameOf } from '../../units/env-name.ts';
import { escapeForKubelet } from '../items/index.ts';
import type { EnvironmentEntry, PodContext } from './context.ts';

export const OUTPUT_FOLDER = '/podloom/outputs';

/** Where a value or list goes: the program finds the path in PODLOOM_OUTPUT_<NAME>. */
export function outputFile(name: string): string {
  return `${OUTPUT_FOLDER}/${name}`;
}

/** Outputs that are text in a file of podloom's: values and lists. */
export function textOutputs(task: Task): readonly Output[] {
  return task.outputs.filter(({ kind }) => kind === 'value' || kind === 'list');
}

export function outputEnvironment(task: Task): EnvironmentEntry[] {
  return textOutputs(task).map(({ name }) => ({
    name: `PODLOOM_OUTPUT_${envNameOf(name)}`,
    value: escapeForKubelet(outputFile(name)),
  }));
}

/** The file that the kubelet takes as termination message: the only output of a task whose outputs leave that way. */
export function terminationMessagePath(task: Task, { items }: PodContext): string | undefined {
  const [only, ...others] = textOutputs(task);
  return items.gatherOutputs && only !== undefined && others.length === 0 ? outputFile(only.name) : undefined;
}

/** Whether the pod has a folder of its own for outputs. */
export function hasOutputFolder(task: Task, context: PodContext): boolean {
  return textOutputs(task).length > 0 && terminationMessagePath(task, context) === undefined;
}

/** Path of a `file` output in a container that mounts its volume; undefined when it does not. */
export function sharedFilePath(output: Extract<Output, { kind: 'file' }>, container: Container): string | undefined {
  const mount = container.volumes.find(({ volume }) => volume === output.volume);
  return mount && `${mount.mountPath.replace(/\/+$/, '')}/${output.path}`;
}
