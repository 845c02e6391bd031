import { pipelineShape, taskShape } from '../../src/constructs/lower/prop-shapes.ts';
import { read, type Shape } from '../../src/constructs/lower/shape.ts';
import { Items, Volume } from '../../src/index.ts';
import { operators } from './random-pipeline-task.ts';
import { outputWords, volumeWords } from './random-pipeline-volumes.ts';

/** An object that has every object of the props in it, each with a prop that there is not: the answer is what there is. */
const strange = { '?': 1 };
const pod = {
  security: strange,
  envFrom: [strange],
  retries: { limit: 1, ...strange, backoff: { base: 1, ...strange } },
  tolerations: [{ operator: 'Exists', ...strange }],
  priority: { class: 'x', ...strange },
};
const probes = {
  pipeline: { ...strange, ...pod, schedule: { cron: 'x', ...strange } },
  task: {
    ...strange,
    ...pod,
    gpu: { count: 1, ...strange },
    antiAffinity: { mode: 'required', ...strange },
    cpu: { request: 1, ...strange },
    memory: { request: 1, ...strange },
    ephemeralStorage: { request: 1, ...strange },
  },
} as const;
const shapes = { pipeline: pipelineShape, task: taskShape } as const satisfies Record<string, Shape>;

/** Every prop that there is, by path: `task.retries.backoff.cap`. From the same tables that refuse unknown ones. */
function knownProps(): string[] {
  const found: string[] = [];
  for (const owner of ['pipeline', 'task'] as const) {
    read(shapes[owner], probes[owner], '', {
      wrong: (path, what, wanted) => {
        throw new Error(`${path} of the probe is ${what}, not ${wanted}`);
      },
      unknown: (path, _name, known) => {
        const prefix = path.replace(/\?$/, '').replaceAll(/\[\d+\]/g, '');
        found.push(...known.map((prop) => `${owner}.${prefix}${prop}`));
      },
    });
  }
  return found;
}

/** Every word of the surface that random pipelines have to reach. */
export function surface(): readonly string[] {
  const volumes = Object.getOwnPropertyNames(Volume)
    .filter((name) => typeof Volume[name as keyof typeof Volume] === 'function' && name !== 'project')
    .map((name) => `volume.${name}`);
  return [
    ...knownProps(),
    ...Object.keys(Items).map((name) => `items.${name}`),
    ...['map', 'filter', 'take', 'batch'].map((name) => `items.${name}`),
    ...new Set([...volumes, ...volumeWords, ...outputWords]),
    ...[...operators, 'oneOf', 'and', 'or', 'not'].map((name) => `condition.${name}`),
    ...['succeeded', 'failed', 'completed', 'anySucceeded', 'allFailed', 'itemwise'].map((on) => `after ${on}`),
    ...['items of a task', 'status', 'run', 'node.addDependency', 'a component', 'an object of the user'],
  ];
}

const known = new Set(knownProps());

/** Enters the props of an object by path, those of objects in it too. */
export function recordProps(path: string, props: object, used: Set<string>): void {
  for (const [prop, value] of Object.entries(props)) {
    const own = `${path}.${prop}`;
    if (value === undefined || !known.has(own)) continue;
    used.add(own);
    for (const each of Array.isArray(value) ? value : [value]) {
      if (typeof each === 'object' && each !== null) recordProps(own, each, used);
    }
  }
}
