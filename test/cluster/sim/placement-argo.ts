import { parse } from 'yaml';
import type { KubernetesClient } from '../../../src/cluster/client.ts';
import type { KubernetesObject } from '../../../src/cluster/objects.ts';
import { waitFor } from '../rig/wait.ts';
import { type AnyPipeline, argoRun } from './placement-compile.ts';
import { completed, type Pod, podsOf, releaseAll } from './placement-pods.ts';
import { HOLD, type Site } from './placement-site.ts';

/** For tasks that become a `resource` template: the pod that makes their Job waits until `launch` did that. */
export const heldLauncher = { argoTemplatePatch: { metadata: { annotations: { [HOLD]: 'true' } } } } as const;

export interface Workflow extends KubernetesObject {
  readonly status?: { readonly phase?: string; readonly message?: string };
}

const workflowRef = (namespace: string, name: string) =>
  ({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', namespace, name }) as const;

/** Applies what the argo target makes of a pipeline and starts a run of it. Gives the name of the Workflow, which is the run's. */
export async function startWorkflow({ client, profile }: Site, pipeline: AnyPipeline): Promise<string> {
  const { shared, workflow } = argoRun(pipeline, profile);
  for (const object of shared) await client.apply(object, { force: true });
  const { metadata } = await client.create<KubernetesObject>(workflow);
  return metadata.name;
}

/** Lets all pods of a run go on to their end, also those that come later, until the Workflow has succeeded. */
export async function succeeded(client: KubernetesClient, namespace: string, run: string): Promise<Workflow> {
  return waitFor(`the Workflow ${run} to succeed`, async () => {
    const workflow = await client.get<Workflow>(workflowRef(namespace, run));
    const { phase, message } = workflow?.status ?? {};
    if (phase === 'Succeeded') return workflow;
    await releaseAll(client, await podsOf(client, { namespace, run }));
    throw new Error(`${phase} ${message ?? ''}`);
  });
}

/** Simulated pods run no executor: makes the Job of a launcher that is held, as argoexec would. Gives the name of the Job. */
export async function launch(client: KubernetesClient, namespace: string, run: string): Promise<string> {
  const launcher = await launcherOf(client, namespace, run);
  const { containers, initContainers = [] } = launcher.spec as Containers;
  const template = [...initContainers, ...containers]
    .flatMap(({ env }) => env ?? [])
    .find(({ name }) => name === 'ARGO_TEMPLATE')?.value;
  const { resource } = JSON.parse(template ?? '{}') as { resource: { manifest: string } };
  // Argo has put the Workflow into its owner references, and made YAML of it.
  const job = parse(resource.manifest) as KubernetesObject;
  const made = await client.create<KubernetesObject>({ ...job, metadata: { ...job.metadata, namespace } });
  return made.metadata.name;
}

/** Waits for a launched Job to complete, and lets its launcher see that. */
export async function landed(client: KubernetesClient, namespace: string, run: string, job: string): Promise<void> {
  await completed(client, namespace, job);
  await releaseAll(client, [await launcherOf(client, namespace, run)]);
}

async function launcherOf(client: KubernetesClient, namespace: string, run: string): Promise<Pod> {
  return waitFor(`a launcher of ${run}`, async () => {
    const pods = await podsOf(client, { namespace, run });
    return pods.find(({ metadata, status }) => {
      const owner = metadata.ownerReferences?.[0]?.kind;
      return owner === 'Workflow' && status.phase === 'Running' && metadata.labels?.['podloom.dev/task'] === undefined;
    });
  });
}

interface Containers {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
}
interface Container {
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}
