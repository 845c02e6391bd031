import type { Origin } from '../../src/diagnostics/location.ts';
import type { ForEach, ItemShape, ItemValue } from '../../src/ir/items.ts';
import type { Pipeline } from '../../src/ir/pipeline.ts';
import type { Container, Edge, EdgeCondition, Program, Task } from '../../src/ir/task.ts';
import type { Argument, Text } from '../../src/ir/text.ts';

/** IR made by hand, with defaults for all that a test does not care about. */

export function anOrigin(path = 'example'): Origin {
  return { location: undefined, callers: [], path };
}

export function aContainer(overrides: Partial<Container> = {}): Container {
  return {
    image: 'busybox:1.36',
    shell: 'image',
    program: aCommand('true'),
    environment: { variables: [], from: [] },
    volumes: [],
    security: {
      allowPrivilegeEscalation: false,
      addCapabilities: [],
      dropCapabilities: ['ALL'],
      seccompProfile: 'RuntimeDefault',
    },
    ...overrides,
  };
}

/** A command; an element is a string, a text with references, or an argument. */
export function aCommand(...argv: readonly (string | Text | Argument)[]): Program {
  return { kind: 'command', command: argv.map(anArgument), args: undefined };
}

function anArgument(value: string | Text | Argument): Argument {
  if (typeof value === 'string') return { kind: 'text', text: value === '' ? [] : [value] };
  return 'kind' in value ? value : { kind: 'text', text: value };
}

/** `b after a`: an edge as `after: [a]` makes it. */
export function anEdge(task: string, on: EdgeCondition = 'succeeded'): Edge {
  return { task, on, cause: 'after' };
}

/** forEach over listed items. */
export function aTable(values: readonly ItemValue[], overrides: Partial<ForEach> = {}): ForEach {
  const first = values[0];
  const shape: ItemShape =
    typeof first === 'object' ? { kind: 'object', fields: Object.keys(first) } : { kind: 'scalar' };
  return { items: { kind: 'table', shape, values, source: 'Items.of' }, batch: 1, itemsPerPod: 1, ...overrides };
}

/** forEach over the numbers 0…count-1, computed in the pod. */
export function aRange(count: number, overrides: Partial<ForEach> = {}): ForEach {
  const segments = [{ kind: 'number', start: 0, step: 1, count, width: 0 }] as const;
  return {
    items: { kind: 'computed', count, segments, source: 'Items.range' },
    batch: 1,
    itemsPerPod: 1,
    ...overrides,
  };
}

export function aTask(overrides: Partial<Task> = {}): Task {
  const name = overrides.name ?? 'task';
  return {
    kind: 'Task',
    name,
    origin: anOrigin(`example/${name}`),
    phase: 'main',
    after: [],
    container: aContainer(),
    cpu: {},
    memory: {},
    ephemeralStorage: {},
    placement: { nodeSelector: {}, tolerations: [] },
    retries: { limit: 0, on: ['failed', 'infrastructure'], exceptExitCodes: [] },
    outputs: [],
    imagePullSecrets: [],
    podLabels: {},
    podAnnotations: {},
    patches: {},
    ...overrides,
  };
}

export function aPipeline(overrides: Partial<Pipeline> = {}): Pipeline {
  return {
    kind: 'Pipeline',
    version: 1,
    name: 'example',
    origin: anOrigin(),
    labels: {},
    parameters: [],
    runOnChange: false,
    busyboxImage: 'busybox:1.36-musl',
    tasks: [],
    extras: [],
    ...overrides,
  };
}
