import type { Task } from '../../../src/ir/task.ts';
import { aPipeline } from '../../rig/ir.ts';
import { FakeCluster } from './fake-cluster.ts';
import { followHere, temporaryRuns } from './follow-here.ts';

const OURS = { 'podloom.dev/pipeline': 'example' };
const START = Date.UTC(2026, 0, 1, 10);

export function time(second: number): string {
  return new Date(START + second * 1000).toISOString().replace('.000', '');
}

interface NodeWords {
  readonly type?: string;
  readonly message?: string;
  readonly outputs?: object;
}

/** A Workflow with nodes, each `name: phase`. */
export function workflow(
  phase: string,
  nodes: { readonly [name: string]: string | readonly [string, NodeWords] },
  status: object = {},
) {
  const all = Object.entries(nodes).map(([name, node]) => {
    const [own, words] = typeof node === 'string' ? [node, {}] : node;
    const full = `run-1.${name}`;
    return [full, { id: full, name: full, displayName: name.split('.').at(-1), type: 'Pod', phase: own, ...words }];
  });
  const metadata = { name: 'run-1', uid: 'w', labels: OURS, annotations: { 'podloom.dev/spec': 'v1' } };
  return { metadata, status: { phase, nodes: Object.fromEntries(all), ...status } };
}

interface PodWords {
  readonly index?: number;
  readonly code?: number;
  readonly job?: string;
  readonly started?: boolean;
}

/** A pod of a node; without an exit code it runs. */
export function pod(task: string, node: string, { index, code, job, started = true }: PodWords = {}) {
  const env = index === undefined || job !== undefined ? [] : [{ name: 'PODLOOM_INDEX', value: String(index) }];
  const times = { startedAt: time(1), finishedAt: time(2) };
  const state = code === undefined ? { running: { startedAt: time(1) } } : { terminated: { exitCode: code, ...times } };
  const name = `run-1-${node.replaceAll(/[^a-z0-9]+/g, '-')}`;
  return {
    metadata: {
      ...{ name, uid: name, creationTimestamp: time(0) },
      labels: {
        ...OURS,
        'podloom.dev/run': 'run-1',
        'podloom.dev/task': task,
        ...(job && { 'batch.kubernetes.io/job-name': job }),
      },
      annotations:
        job === undefined
          ? { 'workflows.argoproj.io/node-name': `run-1.${node}` }
          : {
              'batch.kubernetes.io/job-completion-index': String(index),
              'batch.kubernetes.io/job-index-failure-count': '0',
            },
    },
    spec: { nodeName: 'node-1', containers: [{ name: 'main', env }] },
    status: {
      phase: code === undefined ? 'Running' : code === 0 ? 'Succeeded' : 'Failed',
      containerStatuses: started ? [{ name: 'main', state }] : [],
    },
  };
}

export const line = (text: string): string => `${time(1)} ${text}\n`;

export async function start(tasks: readonly Task[], before: (cluster: FakeCluster) => void = () => {}) {
  const cluster = await FakeCluster.start();
  before(cluster);
  const folder = await temporaryRuns();
  const pipeline = aPipeline({ tasks });
  return { cluster, folder, pipeline, run: followHere(cluster, pipeline, folder) };
}

/** `kind task item attempt failure` of what happened to items. */
export function told({ events }: { readonly events: readonly object[] }): string[] {
  return (
    events as {
      kind: string;
      task: string;
      item: string;
      attempt: number;
      failure?: { kind: string };
      retryMilliseconds?: number;
    }[]
  )
    .filter(({ kind }) => kind.startsWith('item-'))
    .map(({ kind, task, item, attempt, failure, retryMilliseconds }) =>
      [kind, `${task}/${item}`, attempt, failure?.kind, retryMilliseconds === undefined ? undefined : 'again']
        .filter((word) => word !== undefined)
        .join(' '),
    );
}
