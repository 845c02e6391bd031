import type { KubernetesObject } from '../../../src/cluster/objects.ts';
import { compile, workflowFile } from '../../../src/compile.ts';
import type { Manifest } from '../../../src/ir/bundle.ts';
import type { JsonObject } from '../../../src/ir/scalar.ts';
import { type ArgoNode, tasksOfNodes } from './argo-nodes.ts';
import type { ClusterRun, RunOutcome } from './cluster-run.ts';
import { FollowedObjects } from './follow-objects.ts';
import { LAB_PROFILE } from './lab-profile.ts';

interface Workflow extends KubernetesObject {
  readonly status?: {
    readonly phase?: string;
    readonly message?: string;
    readonly finishedAt?: string | null;
    readonly nodes?: { readonly [id: string]: ArgoNode };
  };
}

const ENDED = new Set(['Succeeded', 'Failed', 'Error']);

/** Applies what dist/argo holds, makes a Workflow from the WorkflowTemplate and follows it to its end. */
export async function runOnArgo({ client, namespace, pipeline, given, signal }: ClusterRun): Promise<RunOutcome> {
  const { bundles } = compile([pipeline], LAB_PROFILE, ['argo']);
  for (const { object } of bundles.flatMap(({ files }) => files.flatMap(({ manifests }) => manifests))) {
    await client.apply(object, { signal });
  }
  const query = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', namespace };
  const workflows = new FollowedObjects<Workflow>(client, query);
  try {
    const create = () => client.create(workflowOf(pipeline, given), { signal });
    let { name } = (await create()).metadata;
    const aborted = new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => reject(describe(workflows))),
    );
    for (;;) {
      const { changed } = workflows;
      const workflow = workflows.byName.get(name);
      if (workflow !== undefined && isTooEarly(workflow)) {
        ({ name } = (await create()).metadata);
      } else if (ENDED.has(workflow?.status?.phase ?? '')) {
        const nodes = Object.values(workflow?.status?.nodes ?? {});
        return {
          run: workflow?.status?.phase === 'Succeeded' ? 'succeeded' : 'failed',
          tasks: tasksOfNodes(pipeline, nodes),
          trace: trace(nodes),
        };
      }
      await Promise.race([changed, aborted]);
    }
  } finally {
    await workflows.close();
  }
}

/** The controller looks templates up in its cache, which may not have this one yet; nothing of it can be waited for. */
function isTooEarly({ status }: Workflow): boolean {
  return status?.phase === 'Error' && /^workflowtemplates.* not found$/.test(status.message ?? '');
}

function workflowOf(pipeline: ClusterRun['pipeline'], given: ClusterRun['given']): JsonObject {
  const [manifest] = workflowFile(pipeline).manifests as readonly [Manifest];
  const { spec, ...rest } = manifest.object;
  const parameters = Object.entries(given).map(([name, value]) => ({ name, value }));
  return { ...rest, spec: { ...(spec as JsonObject), ...(parameters.length > 0 && { arguments: { parameters } }) } };
}

/** What the nodes say, for people who look at a failed test. */
function trace(nodes: readonly ArgoNode[]): string[] {
  return nodes
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, type, phase, message = '' }) => `${name} ${type} ${phase} ${message}`.trimEnd());
}

function describe(workflows: FollowedObjects<Workflow>): Error {
  const workflow = [...workflows.byName.values()].at(-1);
  const nodes = trace(Object.values(workflow?.status?.nodes ?? {})).join('\n');
  return new Error(`the Workflow did not end: ${workflow?.status?.phase} ${workflow?.status?.message ?? ''}\n${nodes}`);
}
