import { Items, Task } from 'podloom';
import { remove, takeDown } from '../../rig/nodes.ts';
import { makeNodes, runningPod } from '../disturbances.ts';
import { pipelineOn } from '../programs.ts';
import type { Meanwhile, Scenario, Stage } from '../scenario.ts';

const group = 'Pods that are taken away';
const LOST = 'A node that is lost for good';

/** Tasks that run on the nodes of this scenario only, until the test lets them end. */
function onOwnNodes({ namespace }: Stage) {
  return {
    nodeSelector: { pool: namespace },
    tolerations: [{ key: 'podloom.test/order', operator: 'Exists' as const }],
    annotations: { 'test.podloom.dev/hold': 'true' },
  };
}

/** The node of the first pod goes for good, and the pods that come in its place may end. */
async function loseNode(run: Meanwhile, task: string, index?: number): Promise<void> {
  await makeNodes(run, 2);
  const first = await runningPod(run, task, index);
  const node = first.pod.spec.nodeName as string;
  await takeDown(run.client, node);
  await remove(run.client, node);
  const { client, namespace, pods, signal } = run;
  const again = await pods.find(
    task,
    ({ uid, index: at, started }) => uid !== first.uid && at === index && started !== undefined,
    signal,
  );
  await letEnd(run, again.name);
  await Promise.all(
    pods
      .of(task)
      .filter(({ uid, ended }) => uid !== first.uid && uid !== again.uid && ended === undefined)
      .map(({ name }) => letEnd({ client, namespace }, name)),
  );
}

async function letEnd({ client, namespace }: Pick<Meanwhile, 'client' | 'namespace'>, name: string): Promise<void> {
  const patch = { metadata: { annotations: { 'test.podloom.dev/hold': 'false' } } };
  await client.patch({ apiVersion: 'v1', kind: 'Pod', name, namespace }, patch, { type: 'merge' });
}

/** A node that goes and does not come back, with what ran on it. */
export const nodeLossScenarios: readonly Scenario[] = [
  {
    group,
    name: 'the node of a pod is lost: another pod comes on another node',
    make: (stage) => {
      const p = pipelineOn(stage);
      const up = new Task(p, 'up', { ...onOwnNodes(stage), command: ['work'] });
      new Task(p, 'next', { after: up, command: ['work'] });
      return p;
    },
    meanwhile: (run) => loseNode(run, 'up'),
    run: 'succeeded',
    tasks: { up: 'succeeded, 2 attempts', next: 'succeeded' },
    order: ['up < next'],
    differences: [{ target: 'argo', tasks: { up: 'succeeded or succeeded, 2 attempts' }, because: LOST }],
  },
  {
    group,
    name: 'the node of an item is lost',
    make: (stage) => {
      const p = pipelineOn(stage);
      new Task(p, 'up', {
        ...onOwnNodes(stage),
        forEach: Items.range(0, 1),
        command: ({ item }) => ['work', item],
      });
      return p;
    },
    meanwhile: (run) => loseNode(run, 'up', 0),
    run: 'succeeded',
    tasks: { up: 'succeeded, 1 of 1 items; 2 attempts: 0' },
    differences: [
      {
        target: 'argo',
        tasks: { up: 'succeeded, 0 of 1 items: not 0 or succeeded, 1 of 1 items; 2 attempts: 0' },
        because: LOST,
      },
    ],
  },
];
