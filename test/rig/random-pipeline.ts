import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import fc from 'fast-check';
import { Pipeline, type PipelineProps, type ScheduleProps } from '../../src/index.ts';
import { type Parameters, TaskBuilder } from './random-pipeline-build.ts';
import { recordProps } from './random-pipeline-surface.ts';
import { taskShapes } from './random-pipeline-task.ts';
import { constructId, environment, type Pick, podProps, tame, wild } from './random-pipeline-values.ts';
import { makeVolumes, volumeRecipes } from './random-pipeline-volumes.ts';

const parameters = {
  name: 'x',
  mode: {
    type: 'string',
    default: 'full',
    options: ['full', "it's {x} $(y)"],
    description: 'How much: {{all}} "or" not.',
  },
  epochs: 3,
  fast: true,
} as const;
const needed = { must: { type: 'number' } } as const;

function pipelineShapes(pick: Pick, isWild: boolean) {
  const props: fc.Arbitrary<Partial<PipelineProps<Parameters>>> = fc.record(
    {
      maxRunning: pick(fc.integer({ min: 1, max: 500 }), 0, 2.5),
      deadline: pick<string | number>(fc.constantFrom<string | number>('5d', 43_200), 'later'),
      namespace: pick(fc.constant('ml'), 'Not Valid'),
      schedule: pick<string | ScheduleProps>(
        fc.constantFrom<string | ScheduleProps>(
          '0 3 * * *',
          '*/5 * * * 1-5',
          '@daily',
          { cron: '0 0 1 1 *', timeZone: 'Europe/Berlin', concurrencyPolicy: 'Replace' },
          { cron: '0,30 22-23 1-7 JAN-mar ?', startingDeadline: '10m', suspend: true, concurrencyPolicy: 'Allow' },
          { cron: '0 0 29 2 *', timeZone: 'America/Argentina/Buenos_Aires' },
        ),
        'often',
        { cron: '0 0 * * *', timeZone: 'Mars/Base' },
        '61 * * * *',
      ),
      labels: pick<{ [key: string]: string }>(
        fc.constantFrom<{ [key: string]: string }>({ team: 'vision' }, { 'example.com/cost.Center_1': 'A.b-1' }),
        { team: 'not valid!' },
      ),
      contexts: fc.constantFrom(['prod-*'], ['kind-dev', 'lab']),
      runOnChange: fc.constantFrom(false, false, true),
      disableResourceNameHashes: fc.boolean(),
      busyboxImage: pick(fc.constant('busybox:1.36-musl'), 'Busy Box'),
      env: environment(pick),
    },
    { requiredKeys: [] },
  );
  const pods = fc.oneof(podProps(pick), fc.constant({}));
  return fc.record({
    wild: fc.constant(isWild),
    id: pick<string>(constructId(26), 'x'.repeat(64), '-'),
    props: fc.tuple(pods, props).map(([pod, own]): Partial<PipelineProps<Parameters>> => ({ ...pod, ...own })),
    volumes: fc.oneof(volumeRecipes(pick), fc.constant([])),
    /** A parameter that each run has to be given. */
    needed: fc.constantFrom(false, false, false, true),
    /** An object of the user's own in the chart. */
    extra: fc.constantFrom(false, false, true),
    tasks: fc.array(taskShapes(pick), { minLength: 1, maxLength: 5 }),
  });
}

/** What a random pipeline is made from: plain data, so that fast-check can shrink and print it. Most are meant to be accepted. */
export const pipelineShape = fc.oneof(
  { weight: 9, arbitrary: pipelineShapes(tame, false) },
  { weight: 1, arbitrary: pipelineShapes(wild, true) },
);
export type PipelineShape = typeof pipelineShape extends fc.Arbitrary<infer T> ? T : never;

/** Builds it. `used` gets the words of the construct surface that it has: props by path, and the names in `surface()`. */
export function buildPipeline(
  scope: Construct,
  shape: PipelineShape,
  used: Set<string> = new Set(),
): Pipeline<Parameters> {
  const props: { -readonly [prop in keyof PipelineProps]: PipelineProps[prop] } = { ...(shape.props as object) };
  // A run that nobody starts by hand has nobody who gives it a parameter.
  const given = shape.needed && (shape.wild || (props.schedule === undefined && !props.runOnChange));
  const all = { ...parameters, ...(given && needed) };
  if (shape.volumes.length > 0) props.volumes = makeVolumes(shape.volumes, used);
  const whole = { ...props, image: 'ghcr.io/acme/train:1.4', parameters: all };
  const pipeline = new Pipeline(scope, shape.id, whole) as unknown as Pipeline<Parameters>;
  const builder = new TaskBuilder(pipeline, shape.wild, used);
  for (const task of shape.tasks) builder.add(task);
  if (shape.extra) {
    new ApiObject(pipeline, 'notes', { apiVersion: 'v1', kind: 'ConfigMap', data: { note: 'of the user' } });
    used.add('an object of the user');
  }
  recordProps('pipeline', whole, used);
  for (const task of builder.props) recordProps('task', task, used);
  return pipeline;
}
