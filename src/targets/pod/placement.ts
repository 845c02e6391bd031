import { PIPELINE_LABEL, RUN_LABEL, TASK_LABEL } from '../../ir/labels.ts';
import type { Json, JsonObject, StringMap } from '../../ir/scalar.ts';
import type { AntiAffinity, Task, Toleration, Topology } from '../../ir/task.ts';
import { compact } from './compact.ts';
import type { PodContext } from './context.ts';
import { gpuProductLabels } from './gpu-products.ts';
import { GPU_RESOURCE } from './resources.ts';
import { serves } from './version.ts';

/** Nodes that a pod may run on, and how the pods of a task stand to each other. */
export function placement(task: Task, context: PodContext): JsonObject {
  const { nodeSelector, spread, antiAffinity } = task.placement;
  return compact({
    priorityClassName: priorityClassName(task),
    nodeSelector,
    affinity: compact({
      nodeAffinity: gpuAffinity(task, context),
      podAntiAffinity: antiAffinity && podAntiAffinity(task, context, antiAffinity),
    }),
    tolerations: tolerations(task),
    topologySpreadConstraints: spread && [spreadConstraint(task, context, spread)],
  });
}

function priorityClassName({ placement: { priority } }: Task): string | undefined {
  if (priority === undefined) return undefined;
  return priority.kind === 'level' ? `podloom-${priority.level}` : priority.name;
}

function gpuAffinity({ gpu }: Task, { profile }: PodContext): JsonObject | undefined {
  if (gpu?.product === undefined) return undefined;
  const values = gpuProductLabels(gpu.product, profile);
  return {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: 'nvidia.com/gpu.product', operator: 'In', values }] }],
    },
  };
}

/** Clouds and operators taint GPU nodes with the resource's name; only pods that ask for GPUs tolerate it. */
function tolerations({ gpu, placement: { tolerations: own } }: Task): readonly Json[] {
  const forGpu: Toleration = { key: GPU_RESOURCE, operator: 'Exists', effect: 'NoSchedule' };
  const all = gpu === undefined || own.some((toleration) => covers(toleration, forGpu)) ? own : [...own, forGpu];
  return all.map(({ key, operator, value, effect }) => compact({ key, operator, value, effect }));
}

function covers(own: Toleration, taint: Toleration): boolean {
  const sameKey = own.key === undefined || own.key === taint.key;
  return own.operator === 'Exists' && sameKey && (own.effect === undefined || own.effect === taint.effect);
}

/** The pods of this task, of this run only when the key is in `matchLabelKeys` or the label in the selector. */
function selectorOf(task: Task, { pipeline }: PodContext): StringMap {
  return { [PIPELINE_LABEL]: pipeline.name, [TASK_LABEL]: task.name };
}

/**
 * A Job's pods get no spread by default. `nodeTaintsPolicy: Honor` leaves tainted GPU pools that the pod cannot use out of
 * the count; the default is Ignore. Both fields are served by default from 1.27 on (KEP-3094, KEP-3243).
 */
function spreadConstraint(task: Task, context: PodContext, topology: Topology): JsonObject {
  return {
    maxSkew: 1,
    topologyKey: topologyKey(topology),
    whenUnsatisfiable: 'DoNotSchedule',
    nodeTaintsPolicy: 'Honor',
    labelSelector: { matchLabels: selectorOf(task, context) },
    matchLabelKeys: [RUN_LABEL],
  };
}

function podAntiAffinity(task: Task, context: PodContext, { mode, topology, selector }: AntiAffinity): JsonObject {
  const term = { ...antiAffinityPods(task, context, selector), topologyKey: topologyKey(topology) };
  return mode === 'required'
    ? { requiredDuringSchedulingIgnoredDuringExecution: [term] }
    : { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }] };
}

function antiAffinityPods(task: Task, context: PodContext, selector: StringMap | undefined): JsonObject {
  if (selector !== undefined) return { labelSelector: { matchLabels: selector } };
  const ofTask = selectorOf(task, context);
  return serves(context.profile, 'affinityMatchLabelKeys')
    ? { labelSelector: { matchLabels: ofTask }, matchLabelKeys: [RUN_LABEL] }
    : { labelSelector: { matchLabels: { ...ofTask, [RUN_LABEL]: context.run } } };
}

function topologyKey(topology: Topology): string {
  return topology === 'nodes' ? 'kubernetes.io/hostname' : 'topology.kubernetes.io/zone';
}
