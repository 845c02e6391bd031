import { RUN_LABEL } from '../../ir/labels.ts';
import type { Pipeline } from '../../ir/pipeline.ts';
import type { Output } from '../../ir/task.ts';
import { escapeForKubelet, type RunReference } from '../items/index.ts';
import { type EnvironmentValue, sharedFilePath } from '../pod/index.ts';

/** ConfigMap with the parameters of a run, one key each. */
export function parametersName(pipeline: string): string {
  return `${pipeline}-parameters`;
}

/** ConfigMap to which the runner writes values and lists as `<task>.<output>`, and at the end the outcome as `status`. */
export function outputsName(pipeline: string): string {
  return `${pipeline}-outputs`;
}

/**
 * How Jobs bring the values of a run into a pod: from ConfigMaps, which the kubelet takes byte for byte. `suffix` ends the names
 * of those ConfigMaps; none in `dist/`.
 */
export function valueOnJobs(
  pipeline: Pipeline,
  suffix = '',
): (reference: RunReference, task: string) => EnvironmentValue {
  const [parameters, outputs] = [parametersName(pipeline.name) + suffix, outputsName(pipeline.name) + suffix];
  const tasks = new Map(pipeline.tasks.map((task) => [task.name, task]));
  return (reference, user) => {
    switch (reference.kind) {
      case 'parameter':
        return fromConfigMap(parameters, reference.parameter);
      case 'run':
        return { valueFrom: { fieldRef: { fieldPath: `metadata.labels['${RUN_LABEL}']` } } };
      case 'status':
        return fromConfigMap(outputs, 'status');
      case 'output': {
        const output = tasks.get(reference.task)?.outputs.find(({ name }) => name === reference.output);
        const container = tasks.get(user)?.container;
        const path = output?.kind === 'file' && container ? sharedFilePath(output, container) : undefined;
        if (path !== undefined) return { value: escapeForKubelet(path) };
        return fromConfigMap(outputs, `${reference.task}.${reference.output}`);
      }
    }
  };
}

/** Whether the value of this reference goes through the outputs ConfigMap. */
export function usesOutputs(
  reference: RunReference,
  outputOf: (task: string, name: string) => Output | undefined,
): boolean {
  if (reference.kind === 'output') return outputOf(reference.task, reference.output)?.kind !== 'file';
  return reference.kind === 'status';
}

function fromConfigMap(name: string, key: string): EnvironmentValue {
  return { valueFrom: { configMapKeyRef: { name, key } } };
}
