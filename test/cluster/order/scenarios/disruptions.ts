import { Items, Task } from 'podloom';
import { BUSYBOX_IMAGE } from '../../rig/images.ts';
import { deletePod, evictPod, makeSlot, preemptPod, slotOf } from '../disturbances.ts';
import { good, pipelineOn, sh, stateOf } from '../programs.ts';
import type { Scenario, Stage } from '../scenario.ts';

const group = 'Pods that are taken away';

/** The first attempt of each item would run for minutes; the second one succeeds at once. */
const SLOW_AT_FIRST = 'echo x >>"/state/$1"; [ "$(wc -l <"/state/$1")" -ge 2 ] || exec sleep 200';

function oneTask(
  stage: Stage,
  props: { retries?: number | { limit: number; on: readonly ('failed' | 'infrastructure')[] } } = {},
) {
  const p = pipelineOn(stage, { volumes: [stateOf(stage)] });
  const up = new Task(p, 'up', { command: sh(SLOW_AT_FIRST, 'up'), terminationGrace: '1s', ...props });
  new Task(p, 'next', { after: up, ...good() });
  return p;
}

/** What is not the program's fault. Done by the API server, the real scheduler and the kubelet. */
export const disruptionScenarios: readonly Scenario[] = [
  {
    group,
    name: 'a pod is evicted, as when a node is drained: another comes, by default',
    make: (stage) => oneTask(stage),
    meanwhile: (run) => evictPod(run, 'up'),
    run: 'succeeded',
    tasks: { up: 'succeeded, 2 attempts', next: 'succeeded' },
    order: ['up < next'],
  },
  {
    group,
    name: 'a pod is evicted, and only failed programs are tried again',
    make: (stage) => oneTask(stage, { retries: { limit: 2, on: ['failed'] } }),
    meanwhile: (run) => evictPod(run, 'up'),
    run: 'failed',
    tasks: { up: 'failed', next: 'never ran' },
  },
  {
    group,
    name: 'the pod of an item is evicted: this item only has another attempt',
    make: (stage) => {
      const p = pipelineOn(stage, { volumes: [stateOf(stage)] });
      new Task(p, 'up', {
        forEach: Items.range(0, 3),
        command: ({ item }) => sh(`[ "$1" = 1 ] || exit 0; ${SLOW_AT_FIRST}`, item),
        terminationGrace: '1s',
      });
      return p;
    },
    meanwhile: (run) => evictPod(run, 'up', 1),
    run: 'succeeded',
    tasks: { up: 'succeeded, 3 of 3 items; 2 attempts: 1' },
  },
  {
    group,
    name: 'the same inside an Indexed Job',
    make: (stage) => {
      const p = pipelineOn(stage, { volumes: [stateOf(stage)] });
      new Task(p, 'up', {
        forEach: Items.range(0, 3),
        command: ({ item }) => sh(`[ "$1" = 1 ] || exit 0; ${SLOW_AT_FIRST}`, item),
        terminationGrace: '1s',
        argoStrategy: 'job',
      });
      return p;
    },
    meanwhile: (run) => evictPod(run, 'up', 1),
    run: 'succeeded',
    tasks: { up: 'succeeded, 3 of 3 items; 2 attempts: 1' },
  },
  {
    group,
    name: 'a pod with a higher priority takes its place: it comes back after it',
    make: (stage) => {
      const p = pipelineOn(stage, { volumes: [stateOf(stage)] });
      const up = new Task(p, 'up', {
        command: sh(SLOW_AT_FIRST, 'up'),
        terminationGrace: '1s',
        priority: 'low',
        podSpecPatch: { containers: [{ name: 'main', resources: { limits: { [slotOf(stage.namespace)]: '1' } } }] },
      });
      new Task(p, 'next', { after: up, ...good() });
      return p;
    },
    meanwhile: async (run) => {
      await makeSlot(run);
      await preemptPod(run, 'up', BUSYBOX_IMAGE);
    },
    run: 'succeeded',
    tasks: { up: 'succeeded, 2 attempts', next: 'succeeded' },
    order: ['up < next'],
  },
  {
    group,
    name: 'someone deletes a pod, and both kinds of failures are tried again',
    make: (stage) => oneTask(stage, { retries: 1 }),
    meanwhile: (run) => deletePod(run, 'up'),
    run: 'succeeded',
    tasks: { up: 'succeeded, 2 attempts', next: 'succeeded' },
    order: ['up < next'],
  },
  {
    group,
    name: 'someone deletes a pod, and nothing else is said',
    make: (stage) => oneTask(stage),
    meanwhile: (run) => deletePod(run, 'up'),
    run: 'succeeded',
    tasks: { up: 'succeeded, 2 attempts', next: 'succeeded' },
    differences: [
      {
        target: 'jobs',
        run: 'failed',
        tasks: { up: 'failed', next: 'never ran' },
        because: 'A pod that someone deletes',
      },
    ],
  },
  {
    group,
    name: 'a rank is evicted: it comes back',
    make: (stage) => {
      const p = pipelineOn(stage, { volumes: [stateOf(stage)] });
      new Task(p, 'train', {
        replicas: 2,
        command: sh('echo x >>"/state/$RANK"; until [ "$(cat /state/* | wc -l)" -ge 3 ]; do sleep 1; done'),
        terminationGrace: '1s',
      });
      return p;
    },
    meanwhile: (run) => evictPod(run, 'train', 1),
    run: 'succeeded',
    tasks: { train: 'succeeded, 2 attempts' },
  },
];
