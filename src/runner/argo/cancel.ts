import type { KubernetesClient } from '../../cluster/client.ts';
import { RUN_LABEL } from '../../ir/labels.ts';
import type { Clock } from '../clock.ts';
import { patiently, pause } from '../cluster/patience.ts';
import { JOB, WORKFLOW } from './argo-watch.ts';
import { viewWorkflow } from './workflow-view.ts';

export interface CancelWorkflowOptions {
  readonly client: KubernetesClient;
  readonly namespace: string;
  /** Name of the run, which is that of its Workflow. */
  readonly run: string;
  readonly clock: Clock;
  /** Ends the waiting for Argo. */
  readonly signal: AbortSignal;
}

const LOOK_MILLIS = 1000;

/**
 * Ends the Workflow of a run for good, exit tasks included, and removes the Jobs that it made: Argo ends its own pods but leaves Jobs
 * running. The Workflow stays, for `podloom cancel` to delete when nothing of it runs any more. Returns whether there was one; resolves when Argo is done with it, or the
 * signal is aborted.
 */
export async function cancelWorkflow(options: CancelWorkflowOptions): Promise<boolean> {
  const { client, namespace, run, clock, signal } = options;
  const ref = { ...WORKFLOW, namespace, name: run };
  const find = async () => patiently(clock, signal, () => client.get(ref, { signal }));
  let workflow = await find();
  if (workflow === undefined) return false;
  if (!viewWorkflow(workflow).hasEnded) {
    await patiently(clock, signal, () =>
      client.patch(ref, { spec: { shutdown: 'Terminate' } }, { type: 'merge', signal }),
    );
  }
  // A pod that makes a Job may be at it just now: they are looked for until the Workflow has ended, and once more then.
  for (;;) {
    const isOver = workflow === undefined || viewWorkflow(workflow).hasEnded;
    await removeJobs(options);
    if (isOver || signal.aborted) return true;
    await pause(clock, LOOK_MILLIS, signal);
    if (signal.aborted) return true;
    workflow = await find();
  }
}

async function removeJobs({ client, namespace, run, clock, signal }: CancelWorkflowOptions): Promise<void> {
  const labelSelector = `${RUN_LABEL}=${run}`;
  const { items } = await patiently(clock, signal, () =>
    client.list({ ...JOB, namespace, labelSelector, metadataOnly: true }, { signal }),
  );
  for (const { metadata } of items) {
    await patiently(clock, signal, () => client.delete({ ...JOB, namespace, name: metadata.name }, { signal }));
  }
}
