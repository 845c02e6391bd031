import fc from 'fast-check';
import type { EdgeCondition, TaskProps } from '../../src/index.ts';
import { listRecipes } from './random-pipeline-items.ts';
import {
  constructId,
  environment,
  hostileText,
  type Pick,
  patches,
  podProps,
  resources,
} from './random-pipeline-values.ts';
import { outputRecipe, volumeRecipes } from './random-pipeline-volumes.ts';

export const operators = ['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const;

/** A `when`, as data: what is compared with what, and how the comparisons are joined. */
const conditions = fc.array(
  fc.record({
    value: fc.constantFrom('name', 'mode', 'epochs', 'fast', 'loss', 'status'),
    operator: fc.constantFrom(...operators, 'oneOf'),
  }),
  { minLength: 1, maxLength: 3 },
);

const edgeConditions: readonly EdgeCondition[] = [
  'succeeded',
  'failed',
  'completed',
  'anySucceeded',
  'allFailed',
  // Rarely possible, so often tried.
  'itemwise',
  'itemwise',
  'itemwise',
];

function placement(pick: Pick): fc.Arbitrary<Partial<TaskProps>> {
  return fc.record<Partial<TaskProps>>(
    {
      spread: fc.constantFrom('nodes', 'zones'),
      antiAffinity: fc.constantFrom<NonNullable<TaskProps['antiAffinity']>>(
        'required',
        'preferred',
        { mode: 'required', across: 'zones' },
        { mode: 'preferred', labels: { app: 'x' } },
      ),
      argoStrategy: fc.constantFrom('job', 'loop'),
      workingDir: pick<string>(fc.constantFrom('/src', '/a b/$(x)/{{y}}'), 'relative'),
      shell: fc.constantFrom('image', 'injected'),
      interpreter: fc.constantFrom(['sh', '-eu'], ['python3'], ['/bin/a b', '$(x)']),
    },
    { requiredKeys: [] },
  );
}

/** Times grow from the attempt to the run, so that each fits the next. */
function limits(pick: Pick): fc.Arbitrary<Partial<TaskProps>> {
  const count = pick<number>(fc.integer({ min: 1, max: 20 }), 0, -1, 1.5, 1_000_001);
  return fc.record<Partial<TaskProps>>(
    {
      timeout: pick<string | number>(fc.constantFrom<string | number>('30s', '5m', '1h', 90), '0s', 'soon'),
      deadline: pick<string | number>(fc.constantFrom<string | number>('2h', 10_800, '1.5h'), '1s', -5),
      terminationGrace: pick<string | number>(fc.constantFrom('30s', '10m'), '0s'),
      maxRunning: count,
      maxFailed: pick<number | `${number}%`>(
        fc.constantFrom<number | `${number}%`>(0, 1, '10%', '0.5%', '100%'),
        '101%',
        0.5,
      ),
      itemsPerPod: pick(fc.integer({ min: 1, max: 4 }), 0, 1.5),
      onExit: fc.constantFrom(false, false, false, true),
    },
    { requiredKeys: [] },
  );
}

/** Each group of props is there about as often as not, so that single ones meet many others. */
const sometimes = <T extends object>(props: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 2, arbitrary: props }, { weight: 3, arbitrary: fc.constant({} as T) });

export function taskShapes(pick: Pick) {
  const groups = [podProps(pick), resources(pick), placement(pick), limits(pick), patches(pick)];
  const props = fc
    .tuple(...groups.map((group) => sometimes(group as fc.Arbitrary<Partial<TaskProps>>)))
    .map((parts): Partial<TaskProps> => Object.assign({}, ...parts));
  return fc.record({
    id: pick<string>(constructId(25), 'x'.repeat(70), '-'),
    /** The component of the user's own that the task is in. */
    component: fc.option(fc.constantFrom('stage', 'other'), { freq: 4, nil: undefined }),
    /** A list by recipe, the list of a task before, or none. */
    items: fc.oneof(
      { weight: 2, arbitrary: listRecipes(pick) },
      { weight: 2, arbitrary: fc.constant('of a task before' as const) },
      { weight: 2, arbitrary: fc.constant(undefined) },
    ),
    replicas: fc.option(pick(fc.integer({ min: 1, max: 20 }), 0, 1.5), { freq: 3, nil: undefined }),
    image: fc.option(
      pick<string>(
        fc.constantFrom('busybox', 'localhost:5000/a/b:1@sha256:'.concat('0'.repeat(64)), 'ghcr.io/acme/x:V1_2'),
        'Not/Valid',
        'a b',
      ),
      { freq: 3, nil: undefined },
    ),
    program: fc.constantFrom('command', 'command', 'script', 'args', 'entrypoint'),
    words: fc.array(hostileText, { maxLength: 4 }),
    script: hostileText,
    uses: fc.record({ item: fc.boolean(), values: fc.boolean(), outputs: fc.boolean(), perItem: fc.boolean() }),
    env: fc.option(environment(pick), { nil: undefined }),
    volumes: volumeRecipes(pick),
    outputs: fc.option(outputRecipe, { freq: 2, nil: undefined }),
    edges: fc.array(fc.tuple(fc.nat(20), fc.constantFrom(...edgeConditions)), { maxLength: 2 }),
    /** Instead of `after`, `node.addDependency`. */
    dependency: fc.boolean(),
    when: fc.option(conditions, { freq: 4, nil: undefined }),
    join: fc.constantFrom('and', 'or', 'not'),
    props,
  });
}

export type TaskShape = ReturnType<typeof taskShapes> extends fc.Arbitrary<infer T> ? T : never;
