import type { Gpu, Task } from '../../ir/task.ts';
import { parseGpu } from '../../units/gpu.ts';
import { nameOf } from '../volume.ts';
import { lowerCondition } from './condition.ts';
import { lowerContainer } from './container.ts';
import { lowerAfter } from './edges.ts';
import { lowerForEach } from './for-each.ts';
import { lowerOutputs } from './outputs.ts';
import { lowerPlacement } from './placement.ts';
import { lowerMaxFailed, lowerRetries } from './retries.ts';
import type { TaskScope } from './scope.ts';
import { lowerDuration, lowerQuantity, lowerResource, unwrap } from './values.ts';

/** The IR of one task, without the edges that follow from dependencies between components. */
export function lowerTask(scope: TaskScope): Task {
  const { props } = scope;
  const defaults = scope.pipeline.props;
  const forEach = lowerForEach(scope);
  if (forEach !== undefined && props.replicas !== undefined) scope.report('PL363', { task: scope.name });
  lowerAfter(scope);
  const outputs = lowerOutputs(scope);
  const container = lowerContainer(scope);
  const when = lowerCondition(props.when, scope);
  const serviceAccount = props.serviceAccount ?? defaults.serviceAccount;
  return {
    kind: 'Task',
    name: scope.name,
    origin: scope.origin,
    phase: props.onExit ? 'exit' : 'main',
    after: scope.edges,
    when,
    forEach,
    replicas: props.replicas,
    container,
    ...lowerResources(scope),
    placement: lowerPlacement(scope),
    retries: lowerRetries(props.retries ?? defaults.retries, scope),
    timeoutSeconds: lowerDuration(props.timeout, 'timeout', scope),
    deadlineSeconds: lowerDuration(props.deadline, 'deadline', scope),
    terminationGraceSeconds: lowerDuration(props.terminationGrace, 'terminationGrace', scope),
    maxRunning: props.maxRunning,
    maxFailed: lowerMaxFailed(props.maxFailed, scope),
    outputs,
    serviceAccount: serviceAccount === undefined ? undefined : nameOf(serviceAccount),
    imagePullSecrets: unique([...(defaults.imagePullSecrets ?? []), ...(props.imagePullSecrets ?? [])].map(nameOf)),
    podLabels: { ...props.labels },
    podAnnotations: { ...defaults.annotations, ...props.annotations },
    argoStrategy: props.argoStrategy,
    patches: { podSpec: props.podSpecPatch, argoTemplate: props.argoTemplatePatch, job: props.jobPatch },
  };
}

function lowerResources(scope: TaskScope): Pick<Task, 'cpu' | 'memory' | 'ephemeralStorage' | 'shm' | 'gpu'> {
  const { props } = scope;
  return {
    // A limit on cpu only throttles; one on memory keeps a pod from taking its neighbours down.
    cpu: lowerResource(props.cpu, 'cpu', { limitToo: false }, scope),
    memory: lowerResource(props.memory, 'memory', { limitToo: true }, scope),
    ephemeralStorage: lowerResource(props.ephemeralStorage, 'ephemeralStorage', { limitToo: true }, scope),
    shm: lowerQuantity(props.shm, 'shm', scope),
    gpu: lowerGpu(scope),
  };
}

function lowerGpu(scope: TaskScope): Gpu | undefined {
  const { gpu } = scope.props;
  return gpu === undefined ? undefined : unwrap(parseGpu(gpu), gpu, 'gpu', scope);
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
