import type { KubernetesClient } from '../../../src/cluster/client.ts';
import { ApiError } from '../../../src/cluster/errors.ts';
import { parseGatheredOutputs } from '../../../src/units/gathered-outputs.ts';
import type { Ending, Pod } from './kwok-script.ts';

const LABEL = 'workflows.argoproj.io/';

/**
 * Reports the outputs of an Argo pod as argoexec does (workflow/executor/taskresult.go): without that, the controller waits for
 * ever for a pod that has any and succeeded. They come from the termination message, in the form that the `jobs` target uses.
 */
export async function reportTaskResult(client: KubernetesClient, pod: Pod, { message }: Ending): Promise<void> {
  const workflow = pod.metadata.labels?.[`${LABEL}workflow`];
  if (workflow === undefined || message === undefined) return;
  const owner = pod.metadata.ownerReferences!.find(({ kind }) => kind === 'Workflow')!;
  try {
    await client.create({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'WorkflowTaskResult',
      metadata: {
        name: pod.metadata.annotations![`${LABEL}node-id`],
        namespace: pod.metadata.namespace,
        labels: { [`${LABEL}workflow`]: workflow, [`${LABEL}report-outputs-completed`]: 'true' },
        ownerReferences: [owner],
      },
      outputs: { parameters: parametersOf(outputNames(pod), message) },
    });
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 409)) throw error;
  }
}

function parametersOf(names: readonly string[], message: string) {
  if (names.length === 1) return [{ name: names[0], value: message }];
  const gathered = parseGatheredOutputs(message);
  return names.filter((name) => gathered.has(name)).map((name) => ({ name, value: gathered.get(name) }));
}

/** Output parameters of the pod's template, which the controller hands to argoexec in an environment variable. */
function outputNames(pod: Pod): string[] {
  const containers = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
  const variable = containers.flatMap(({ env }) => env ?? []).find(({ name }) => name === 'ARGO_TEMPLATE');
  const template = JSON.parse(variable?.value ?? '{}') as { outputs?: { parameters?: readonly { name: string }[] } };
  return (template.outputs?.parameters ?? []).map(({ name }) => name);
}
