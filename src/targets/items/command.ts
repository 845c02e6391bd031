import type { Container, Task } from '../../ir/task.ts';
import type { Argument } from '../../ir/text.ts';
import { escapeForKubelet, kubeletText } from './kubelet.ts';
import { type ItemOptions, rootOf } from './options.ts';

/** Whether the container starts with podloom's script: for items, and to gather several outputs. */
export function usesScript(task: Task, options: ItemOptions): boolean {
  return task.forEach !== undefined || gathersOutputs(task, options);
}

export function gathersOutputs(task: Task, options: ItemOptions): boolean {
  return options.gatherOutputs && gatheredOutputs(task).length >= 2;
}

/** Names of the outputs that leave the pod as text: values and lists. */
export function gatheredOutputs(task: Task): string[] {
  return task.outputs.filter(({ kind }) => kind === 'value' || kind === 'list').map(({ name }) => name);
}

/** `command` and `args` of the container, escaped for the kubelet. Without `command` the image's entrypoint runs. */
export function commandOf(task: Task, options: ItemOptions): { command?: string[]; args?: string[] } {
  const { container } = task;
  const { program } = container;
  const root = rootOf(options);
  if (usesScript(task, options)) {
    const shell = container.shell === 'injected' ? [`${root}/bin/busybox`, 'sh'] : ['/bin/sh'];
    return { command: [...shell, `${root}/items/run`] };
  }
  if (program.kind === 'script') {
    return {
      command: [...program.interpreter.map(escapeForKubelet), `${root}/items/source`],
      ...(program.args.length > 0 && { args: words(program.args, container) }),
    };
  }
  return {
    ...(program.command && { command: words(program.command, container) }),
    ...(program.args && { args: words(program.args, container) }),
  };
}

/** A spread has items only in a batch, and those are the script's. */
function words(argv: readonly Argument[], container: Container): string[] {
  return argv.flatMap((argument) => (argument.kind === 'text' ? [kubeletText(argument.text, container)] : []));
}
