import { randomBytes } from 'node:crypto';
import type { KubernetesClient } from '../../../src/cluster/client.ts';
import { systemClock } from '../../../src/cluster/clock.ts';
import { loadAccess } from '../../../src/cluster/load-access.ts';
import type { KubernetesObject, ObjectRef } from '../../../src/cluster/objects.ts';
import { knownResource, resourcePath } from '../../../src/cluster/resources.ts';
import { Transport } from '../../../src/cluster/transport.ts';
import { compile, workflowFile } from '../../../src/compile.ts';
import { lowerPipeline } from '../../../src/constructs/lower/pipeline.ts';
import type { AnyPipeline } from '../../../src/constructs/lower/scope.ts';

import { Collector } from '../../../src/diagnostics/collector.ts';
import { renderYaml } from '../../../src/emit/yaml.ts';
import type { TargetName } from '../../../src/ir/bundle.ts';
import type { Pipeline } from '../../../src/ir/pipeline.ts';
import { defaultProfile } from '../../../src/ir/profile.ts';
import type { JsonObject, StringMap } from '../../../src/ir/scalar.ts';

/** A pipeline as podloom understands it, and what a target makes of it. */
export interface Compiled {
  readonly ir: Pipeline;
  readonly objects: readonly JsonObject[];
}

/** Throws with the diagnostics when the pipeline is not valid. */
export function compiled(pipeline: AnyPipeline, target: TargetName): Compiled {
  const diagnostics = new Collector();
  const ir = lowerPipeline(pipeline, diagnostics);
  const profile = { ...defaultProfile, kubernetes: '1.36', argo: '3.7' } as const;
  const { bundles } = compile([ir], profile, [target], diagnostics);
  if (diagnostics.hasErrors) throw new Error(JSON.stringify(diagnostics.sorted(), undefined, 2));
  const file = `${target}/${ir.name}.yaml`;
  return {
    ir,
    objects: bundles[0]?.files.find(({ path }) => path === file)?.manifests.map(({ object }) => object) ?? [],
  };
}

/** Creates objects from the YAML that podloom writes, which the API server itself reads. */
export class YamlSender {
  readonly #transport: Transport;
  readonly #namespace: string;

  private constructor(transport: Transport, namespace: string) {
    this.#transport = transport;
    this.#namespace = namespace;
  }

  static async to(kubeconfig: string, namespace: string): Promise<YamlSender> {
    const options = { clock: systemClock, maxSockets: 4, maxStreams: 1, connectTimeoutMillis: 10_000 };
    return new YamlSender(
      new Transport(await loadAccess({ kubeconfig }), { ...options, userAgent: 'test' }),
      namespace,
    );
  }

  async create(object: JsonObject): Promise<KubernetesObject> {
    const kind = { apiVersion: object['apiVersion'] as string, kind: object['kind'] as string };
    const resource = knownResource(kind);
    if (resource === undefined) throw new Error(`unknown kind ${kind.kind}`);
    const path = resourcePath(kind.apiVersion, resource, { namespace: this.#namespace });
    const response = await this.#transport.send({
      method: 'POST',
      path: `${path}?fieldValidation=Strict`,
      headers: { 'content-type': 'application/yaml', accept: 'application/json' },
      body: renderYaml(object),
    });
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as KubernetesObject;
  }

  close(): void {
    this.#transport.close();
  }
}

/** Follows an object until `done` gives something else than undefined. Throws after `deadlineMillis` with what it saw last. */
export async function follow<T>(
  client: KubernetesClient,
  { name, ...kind }: ObjectRef,
  done: (object: KubernetesObject) => T | undefined,
  deadlineMillis: number,
): Promise<T> {
  const signal = AbortSignal.timeout(deadlineMillis);
  let last: unknown;
  for await (const event of client.follow({ ...kind, fieldSelector: `metadata.name=${name}` }, { signal })) {
    if (event.type !== 'ADDED' && event.type !== 'MODIFIED') continue;
    last = event.object['status'];
    const result = done(event.object);
    if (result !== undefined) return result;
  }
  throw new Error(`${kind.kind} ${name} was not done after ${deadlineMillis / 1000} s: ${JSON.stringify(last)}`);
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly message?: string;
}

/** Waits until all indexes of a Job have succeeded. */
export async function jobSucceeds(
  client: KubernetesClient,
  namespace: string,
  name: string,
  deadlineMillis = 480_000,
): Promise<void> {
  const ref = { apiVersion: 'batch/v1', kind: 'Job', namespace, name };
  await follow(
    client,
    ref,
    ({ status }) => {
      const { conditions = [], ...rest } = (status ?? {}) as { conditions?: readonly Condition[] };
      const ended = conditions.find((each) => ['Complete', 'Failed'].includes(each.type) && each.status === 'True');
      if (ended?.type === 'Failed') throw new Error(`Job ${name} failed: ${ended.message} ${JSON.stringify(rest)}`);
      return ended;
    },
    deadlineMillis,
  );
}

interface WorkflowStatus {
  readonly phase?: string;
  readonly message?: string;
  readonly nodes?: { readonly [id: string]: { displayName: string; phase: string; message?: string } };
}

/** Runs the pipeline's WorkflowTemplate (which is there already) with these parameters. Gives the name of the run. */
export async function workflowSucceeds(
  sender: YamlSender,
  client: KubernetesClient,
  namespace: string,
  ir: Pipeline,
  parameters: StringMap = {},
  deadlineMillis = 300_000,
): Promise<string> {
  const deadline = performance.now() + deadlineMillis;
  for (;;) {
    const run = `${ir.name}-${randomBytes(2).toString('hex')}`;
    await sender.create(workflowNamed(run, ir, parameters));
    const ref = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', namespace, name: run };
    const end = await follow(client, ref, endOfWorkflow, Math.max(1, Math.ceil(deadline - performance.now())));
    if (end.phase === 'Succeeded') return run;
    // Argo's controller may hear of the run before it hears of the template that was made before it.
    if (!/^workflowtemplates\.argoproj\.io "[^"]*" not found$/.test(end.message ?? '')) throw failureOf(end);
  }
}

function workflowNamed(run: string, ir: Pipeline, parameters: StringMap): JsonObject {
  const object = workflowFile(ir).manifests[0]?.object ?? {};
  const { generateName: _, ...named } = object['metadata'] as JsonObject;
  const given = Object.entries(parameters).map(([name, value]) => ({ name, value }));
  const spec = { ...(object['spec'] as JsonObject), ...(given.length > 0 && { arguments: { parameters: given } }) };
  return { ...object, metadata: { ...named, name: run }, spec };
}

function endOfWorkflow({ status }: KubernetesObject): WorkflowStatus | undefined {
  const { phase = '' } = (status ?? {}) as WorkflowStatus;
  return ['Succeeded', 'Failed', 'Error'].includes(phase) ? (status as WorkflowStatus) : undefined;
}

function failureOf({ phase, message, nodes = {} }: WorkflowStatus): Error {
  const bad = Object.values(nodes).filter((node) => !['Succeeded', 'Omitted', 'Skipped'].includes(node.phase));
  const lines = bad.slice(0, 8).map((node) => `${node.displayName}: ${node.phase} ${node.message ?? ''}`);
  return new Error(`${phase}: ${message}\n${lines.join('\n')}`);
}
