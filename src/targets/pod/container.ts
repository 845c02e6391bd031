import type { JsonObject } from '../../ir/scalar.ts';
import type { Task } from '../../ir/task.ts';
import { commandOf, escapeForKubelet } from '../items/index.ts';
import { compact } from './compact.ts';
import type { PodContext } from './context.ts';
import { environment, environmentSources } from './environment.ts';
import { terminationMessagePath } from './outputs.ts';
import { resources } from './resources.ts';
import { containerSecurity, helperSecurity } from './security.ts';
import { BUSYBOX_FOLDER, busyboxMount } from './volumes.ts';

/** Name of the container that runs the task's program, in every pod of podloom. */
export const MAIN_CONTAINER = 'main';

export function mainContainer(task: Task, context: PodContext, mounts: readonly JsonObject[]): JsonObject {
  const { image, imagePullPolicy, workingDir, security } = task.container;
  const { command, args } = commandOf(task, context.items);
  return compact({
    name: MAIN_CONTAINER,
    image,
    imagePullPolicy,
    command,
    args,
    workingDir,
    env: environment(task, context),
    envFrom: environmentSources(task),
    resources: resources(task),
    volumeMounts: mounts,
    securityContext: containerSecurity(security),
    terminationMessagePath: terminationMessagePath(task, context),
    // The last lines of a failed program stay in the pod's status when it left no message.
    terminationMessagePolicy: 'FallbackToLogsOnError',
  });
}

/** Brings a static busybox into an image without a shell. What it asks for never exceeds what the pod needs anyway. */
export function busyboxContainer(task: Task, { pipeline }: PodContext): JsonObject {
  const small = { cpu: '10m', memory: '16Mi' };
  return {
    name: 'podloom-busybox',
    image: pipeline.busyboxImage,
    command: ['cp', '/bin/busybox', escapeForKubelet(`${BUSYBOX_FOLDER}/busybox`)],
    resources: { requests: small, limits: { cpu: '100m', memory: '32Mi' } },
    volumeMounts: [busyboxMount],
    securityContext: helperSecurity(task.container.security),
    terminationMessagePolicy: 'FallbackToLogsOnError',
  };
}
