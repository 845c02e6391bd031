import { describe, expect, it } from 'vitest';
import type { Priority } from '../../../src/ir/task.ts';
import { podSpec, priorityClasses } from '../../../src/targets/pod/index.ts';
import { aPipeline, aTask } from '../../rig/ir.ts';
import { aPodContext } from './rig.ts';

const withPriority = (name: string, priority: Priority) =>
  aTask({ name, placement: { nodeSelector: {}, tolerations: [], priority } });

describe('the PriorityClasses of podloom', () => {
  it('are those that some task uses, each once, lowest first, and belong to no pipeline', () => {
    const low = withPriority('a', { kind: 'level', level: 'low' });
    const critical = withPriority('b', { kind: 'level', level: 'critical' });
    const own = withPriority('c', { kind: 'class', name: 'theirs' });
    const pipelines = [aPipeline({ tasks: [critical, own] }), aPipeline({ name: 'two', tasks: [low, critical] })];
    expect(priorityClasses(pipelines)).toEqual([
      {
        origin: low.origin,
        object: {
          apiVersion: 'scheduling.k8s.io/v1',
          kind: 'PriorityClass',
          metadata: { name: 'podloom-low' },
          value: -1000,
          preemptionPolicy: 'Never',
          description: 'Fills idle nodes; never preempts other pods.',
        },
      },
      {
        origin: critical.origin,
        object: {
          apiVersion: 'scheduling.k8s.io/v1',
          kind: 'PriorityClass',
          metadata: { name: 'podloom-critical' },
          value: 100_000,
          preemptionPolicy: 'PreemptLowerPriority',
          description: 'Goes before all other work.',
        },
      },
    ]);
    expect(podSpec(critical, aPodContext())['priorityClassName']).toBe('podloom-critical');
  });

  it('are none for pipelines without levels', () => {
    expect(priorityClasses([aPipeline({ tasks: [aTask()] })])).toEqual([]);
  });
});
