import type { KubernetesClient } from '../../../src/cluster/client.ts';
import type { KubernetesObject } from '../../../src/cluster/objects.ts';
import { compile } from '../../../src/compile.ts';
import { lowerPipeline } from '../../../src/constructs/lower/pipeline.ts';
import { Collector } from '../../../src/diagnostics/collector.ts';
import type { Pipeline } from '../../../src/index.ts';
import { defaultProfile } from '../../../src/ir/profile.ts';
import type { JsonObject } from '../../../src/ir/scalar.ts';
import { waitFor } from '../rig/wait.ts';

const DEADLINE = { deadlineMillis: 240_000 };

/** What GitOps would apply of a pipeline on the jobs target. */
export function gitopsObjectsOf(pipeline: Pipeline): readonly JsonObject[] {
  const diagnostics = new Collector();
  const ir = lowerPipeline(pipeline, diagnostics);
  const { bundles } = compile([ir], { ...defaultProfile, kubernetes: '1.36' }, ['jobs'], diagnostics);
  if (diagnostics.hasErrors) throw new Error(JSON.stringify(diagnostics.sorted(), undefined, 2));
  return bundles
    .flatMap(({ files }) => files.filter(({ gitops }) => gitops))
    .flatMap(({ manifests }) => manifests.map(({ object }) => object));
}

/** What `kubectl create job --from=cronjob/<pipeline> <run>` makes. */
export async function jobFromCronJob(
  client: KubernetesClient,
  namespace: string,
  pipeline: string,
  run: string,
): Promise<void> {
  const cronJob = await client.get({ apiVersion: 'batch/v1', kind: 'CronJob', namespace, name: pipeline });
  const { jobTemplate } = cronJob!['spec'] as { jobTemplate: { metadata: object; spec: object } };
  const annotations = { 'cronjob.kubernetes.io/instantiate': 'manual' };
  const {
    apiVersion,
    kind,
    metadata: { name, uid },
  } = cronJob!;
  const ownerReferences = [{ apiVersion, kind, name, uid, controller: true }];
  const metadata = { ...jobTemplate.metadata, name: run, namespace, annotations, ownerReferences };
  await client.create({ apiVersion: 'batch/v1', kind: 'Job', metadata, spec: jobTemplate.spec });
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
}

/** `Complete` or `Failed`, and the reason. */
export function jobEnd(client: KubernetesClient, namespace: string, name: string): Promise<Condition> {
  return waitFor(
    `Job ${name} to end`,
    async () => {
      const job = await client.get({ apiVersion: 'batch/v1', kind: 'Job', namespace, name });
      const { conditions = [] } = (job?.['status'] ?? {}) as { conditions?: readonly Condition[] };
      return conditions.find(({ type, status }) => ['Complete', 'Failed'].includes(type) && status === 'True');
    },
    DEADLINE,
  );
}

export async function podsOf(
  client: KubernetesClient,
  namespace: string,
  labelSelector: string,
): Promise<readonly KubernetesObject[]> {
  return (await client.list({ apiVersion: 'v1', kind: 'Pod', namespace, labelSelector })).items;
}

/** What a pod has printed so far. */
export async function logOf(client: KubernetesClient, namespace: string, pod: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of client.log(namespace, pod)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** When the containers of the pods of a task ran, in milliseconds since 1970; nothing of a pod that was ended before it started. */
export async function ranAt(
  client: KubernetesClient,
  namespace: string,
  run: string,
  task: string,
): Promise<readonly (readonly [number, number])[]> {
  const pods = await podsOf(client, namespace, `podloom.dev/run=${run},podloom.dev/task=${task}`);
  return pods.flatMap((pod) => {
    const { containerStatuses = [] } = pod['status'] as {
      containerStatuses?: readonly { state: { terminated?: { startedAt: string | null; finishedAt: string } } }[];
    };
    const { startedAt, finishedAt } = containerStatuses[0]?.state.terminated ?? {};
    return startedAt && finishedAt ? [[Date.parse(startedAt), Date.parse(finishedAt)] as const] : [];
  });
}
