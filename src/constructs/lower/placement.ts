import type { AntiAffinity, Placement, Priority } from '../../ir/task.ts';
import type { AntiAffinityProps, PriorityInput } from '../props.ts';
import { describe } from './describe.ts';
import type { TaskScope } from './scope.ts';

const LEVELS = ['low', 'normal', 'high', 'critical'] as const;

export function lowerPlacement(scope: TaskScope): Placement {
  const { props } = scope;
  const defaults = scope.pipeline.props;
  return {
    nodeSelector: { ...defaults.nodeSelector, ...props.nodeSelector },
    tolerations: [...(defaults.tolerations ?? []), ...(props.tolerations ?? [])],
    spread: lowerTopology(props.spread, 'spread', scope),
    antiAffinity: lowerAntiAffinity(props.antiAffinity, scope),
    priority: lowerPriority(props.priority ?? defaults.priority, scope),
  };
}

function lowerTopology(input: unknown, prop: string, scope: TaskScope): 'nodes' | 'zones' | undefined {
  if (input === undefined || input === 'nodes' || input === 'zones') return input;
  scope.report('PL353', { prop, found: describe(input), wanted: "'nodes' or 'zones'" });
  return undefined;
}

function lowerAntiAffinity(
  input: 'required' | 'preferred' | AntiAffinityProps | undefined,
  scope: TaskScope,
): AntiAffinity | undefined {
  if (input === undefined) return undefined;
  const { mode, across, labels } =
    typeof input === 'string' ? { mode: input, across: undefined, labels: undefined } : input;
  if (mode !== 'required' && mode !== 'preferred') {
    scope.report('PL353', { prop: 'antiAffinity', found: describe(mode), wanted: "'required' or 'preferred'" });
    return undefined;
  }
  return { mode, topology: lowerTopology(across, 'antiAffinity.across', scope) ?? 'nodes', selector: labels };
}

function lowerPriority(input: PriorityInput | undefined, scope: TaskScope): Priority | undefined {
  if (input === undefined) return undefined;
  if (typeof input === 'object' && typeof input.class === 'string') return { kind: 'class', name: input.class };
  const level = LEVELS.find((known) => known === input);
  if (level !== undefined) return { kind: 'level', level };
  scope.report('PL353', {
    prop: 'priority',
    found: describe(input),
    wanted: `one of ${LEVELS.map((known) => `'${known}'`).join(', ')}, or { class: 'name' } for a PriorityClass of the cluster`,
  });
  return undefined;
}
