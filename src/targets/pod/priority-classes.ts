import type { Manifest } from '../../ir/bundle.ts';
import type { Pipeline } from '../../ir/pipeline.ts';

/**
 * podloom's levels. `low` never preempts: it fills what is idle. `normal` has the value of pods without a class.
 * Users' own classes are at most 1,000,000,000.
 */
const levels = {
  low: { value: -1000, preemptionPolicy: 'Never', description: 'Fills idle nodes; never preempts other pods.' },
  normal: { value: 0, preemptionPolicy: 'PreemptLowerPriority', description: 'The same as pods without a class.' },
  high: { value: 1000, preemptionPolicy: 'PreemptLowerPriority', description: 'Goes before most work.' },
  critical: { value: 100_000, preemptionPolicy: 'PreemptLowerPriority', description: 'Goes before all other work.' },
} as const;

/**
 * The PriorityClasses of the levels that these pipelines use: cluster-scoped, in one file that all pipelines share,
 * and so without labels of a pipeline. Each comes from the first task that uses it.
 */
export function priorityClasses(pipelines: readonly Pipeline[]): Manifest[] {
  const tasks = pipelines.flatMap((pipeline) => pipeline.tasks);
  return (Object.keys(levels) as (keyof typeof levels)[]).flatMap((level) => {
    const user = tasks.find(({ placement: { priority } }) => priority?.kind === 'level' && priority.level === level);
    return user === undefined ? [] : [{ object: priorityClass(level), origin: user.origin }];
  });
}

function priorityClass(level: keyof typeof levels): Manifest['object'] {
  return {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: `podloom-${level}` },
    ...levels[level],
  };
}
