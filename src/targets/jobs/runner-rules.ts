import type { Pipeline } from '../../ir/pipeline.ts';
import type { Rule } from '../supporting/index.ts';

export interface RunnerBounds {
  /** Whether items of the whole run are bounded by the one who starts it (`--max-running`), besides what the pipeline says. */
  readonly maxRunning: boolean;
}

/**
 * What a runner does in the namespace of a run, and no more: it makes Jobs and what they read, follows them and their pods,
 * reads logs and events, and holds the Lease that says whose the run is. Pods are changed only where they wait at gates, Jobs only where a window moves from one to the next.
 */
export function runnerRules({ tasks, maxRunning }: Pipeline, bounds: RunnerBounds): Rule[] {
  const itemwise = tasks.some(({ after }) => after.some(({ on }) => on === 'itemwise'));
  const isBounded = bounds.maxRunning || maxRunning !== undefined;
  const isGated = itemwise || (isBounded && tasks.length > 1);
  const raises = isBounded || tasks.some((task) => task.maxRunning !== undefined);
  return [
    {
      group: 'batch',
      resource: 'jobs',
      verbs: ['create', 'delete', 'get', 'list', ...(raises ? ['patch'] : []), 'watch'],
    },
    { group: '', resource: 'configmaps', verbs: ['create', 'get', 'patch'] },
    { group: '', resource: 'pods', verbs: ['list', ...(isGated ? ['patch'] : []), 'watch'] },
    ...(itemwise ? [{ group: '', resource: 'pods/status', verbs: ['patch'] }] : []),
    { group: '', resource: 'pods/log', verbs: ['get'] },
    { group: '', resource: 'events', verbs: ['list'], optional: true },
    { group: 'coordination.k8s.io', resource: 'leases', verbs: ['create', 'get', 'patch'] },
  ];
}
