import type { KubernetesClient } from '../../cluster/client.ts';
import { ApiError } from '../../cluster/errors.ts';
import type { KubernetesObject } from '../../cluster/objects.ts';
import type { ArgoObjects } from '../../ir/argo-objects.ts';
import { PIPELINE_LABEL, RUN_LABEL } from '../../ir/labels.ts';
import type { JsonObject } from '../../ir/scalar.ts';
import type { RunValues } from '../values.ts';
import { WORKFLOW } from './argo-watch.ts';
import { viewWorkflow, type WorkflowView } from './workflow-view.ts';

/** On a Workflow: the version of the pipeline that it runs. */
const VERSION = 'podloom.dev/spec';

/** Why the Workflow of that name cannot be followed. */
export type Obstacle = 'otherPipeline' | 'otherVersion' | 'notInstalled';

export class WorkflowObstacle extends Error {
  override readonly name = 'WorkflowObstacle';
  readonly obstacle: Obstacle;

  constructor(obstacle: Obstacle) {
    super(obstacle);
    this.obstacle = obstacle;
  }
}

export interface SubmitOptions {
  readonly client: KubernetesClient;
  readonly namespace: string;
  readonly pipeline: string;
  readonly objects: ArgoObjects;
  readonly values: RunValues;
  readonly signal: AbortSignal;
}

/**
 * The Workflow of the run: the one that is there, or else a new one. Nothing is applied for one that is there: Argo keeps the
 * template that it was made from.
 */
export async function submit(options: SubmitOptions): Promise<WorkflowView> {
  const found = await findWorkflow(options);
  if (found !== undefined) return checked(found, options);
  const { client, objects, signal } = options;
  if (!(await isArgoInstalled(client, signal))) throw new WorkflowObstacle('notInstalled');
  for (const object of objects.base) await client.apply(object, { signal });
  try {
    return viewWorkflow(await client.create(workflowOf(options), { signal }));
  } catch (error) {
    // Made by a request whose answer was lost, or by somebody at the same time.
    if (!(error instanceof ApiError && error.reason === 'AlreadyExists')) throw error;
    const made = await findWorkflow(options);
    if (made === undefined) throw error;
    return checked(made, options);
  }
}

export async function findWorkflow({
  client,
  namespace,
  values,
  signal,
}: Pick<SubmitOptions, 'client' | 'namespace' | 'values' | 'signal'>): Promise<WorkflowView | undefined> {
  const found = await client.get<KubernetesObject>({ ...WORKFLOW, namespace, name: values.run }, { signal });
  return found === undefined ? undefined : viewWorkflow(found);
}

export async function isArgoInstalled(client: KubernetesClient, signal: AbortSignal): Promise<boolean> {
  try {
    await client.request('GET', `/apis/${WORKFLOW.apiVersion}`, { signal });
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return false;
    throw error;
  }
}

/** One without our annotation was submitted by other means: nothing is known of its version. */
function checked(found: WorkflowView, { pipeline, objects }: SubmitOptions): WorkflowView {
  if (found.labels[PIPELINE_LABEL] !== pipeline) throw new WorkflowObstacle('otherPipeline');
  const version = found.annotations[VERSION];
  if (version !== undefined && version !== objects.version) throw new WorkflowObstacle('otherVersion');
  return found;
}

function workflowOf({ namespace, objects, values }: SubmitOptions): JsonObject {
  const { metadata, spec, ...kind } = objects.workflow as { readonly [field: string]: JsonObject };
  const parameters = [...values.parameters].map(([name, value]) => ({ name, value: String(value) }));
  const { labels = {}, annotations = {} } = (metadata ?? {}) as { readonly [field: string]: JsonObject };
  return {
    ...kind,
    metadata: {
      ...metadata,
      name: values.run,
      namespace,
      labels: { ...labels, [RUN_LABEL]: values.run },
      annotations: { ...annotations, [VERSION]: objects.version },
    },
    spec: { ...spec, ...(parameters.length > 0 && { arguments: { parameters } }) },
  };
}
