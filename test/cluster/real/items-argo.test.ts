import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubernetesClient } from '../../../src/cluster/client.ts';
import { RUN_LABEL, TASK_LABEL } from '../../../src/ir/labels.ts';
import { connect, freshNamespace } from '../rig/connect.ts';
import { manyItems, shortItems, some } from './items-hostile.ts';
import { rerun } from './items-jobs.ts';
import { listPipeline, outputPipeline } from './items-outputs.ts';
import { conditionPipeline, parameterPipeline } from './items-parameters.ts';
import {
  BARE,
  type CheckedPipeline,
  emptyPipeline,
  everyWay,
  literalScript,
  literals,
  plainItems,
} from './items-pipelines.ts';
import { differences, printedBy } from './items-printed.ts';
import { compiled, workflowSucceeds, YamlSender } from './items-run.ts';

/** Milliseconds for 200 pods of three containers each, also on a busy machine. */
const LONG = 900_000;
const EACH = manyItems.slice(-200);

describe('on Argo', { timeout: LONG }, () => {
  let client: KubernetesClient;
  let namespace: string;
  let sender: YamlSender;
  beforeAll(async () => {
    const cluster = await connect();
    client = cluster.client;
    namespace = await freshNamespace(client, 'items-argo');
    sender = await YamlSender.to(cluster.kubeconfig, namespace);
  });

  // Dead pods cost the kubelet time in the tests that come after.
  afterAll(async () => {
    sender.close();
    await client.delete({ apiVersion: 'v1', kind: 'Namespace', name: namespace });
  });

  async function ran({ pipeline, tasks, given }: CheckedPipeline): Promise<{ run: string; found: string[] }> {
    const { ir, objects } = compiled(pipeline, 'argo');
    for (const object of objects) await sender.create(object);
    const run = await workflowSucceeds(sender, client, namespace, ir, given, LONG);
    const printed = await printedBy(client, namespace, run);
    return { run, found: tasks.flatMap((task) => differences(printed, task)) };
  }

  it(
    '200 items reach one pod of a loop each byte for byte',
    async () => {
      const pipeline = emptyPipeline('loop', namespace);
      const tasks = [plainItems(pipeline, 'each', EACH, { argoStrategy: 'loop' })];
      expect((await ran({ pipeline, tasks })).found).toEqual([]);
    },
    LONG,
  );

  it('items reach the pods of Indexed Jobs, also in a rerun', async () => {
    const pipeline = emptyPipeline('jobs', namespace);
    const tasks = everyWay(pipeline, { argoStrategy: 'job' });
    const { run, found } = await ran({ pipeline, tasks });
    expect(found).toEqual([]);

    const query = { apiVersion: 'batch/v1', kind: 'Job', namespace, labelSelector: `${RUN_LABEL}=${run}` };
    const { items: jobs } = await client.list(query);
    for (const [name, again] of [
      ['bare', [[250, 0, 77], [64]]],
      ['objects', [[100, 3]]],
    ] as const) {
      const live = jobs.find(({ metadata }) => metadata.labels?.[TASK_LABEL] === name);
      if (live === undefined) throw new Error(`no Job of ${name}`);
      const printed = await printedBy(client, namespace, await rerun({ client, sender, namespace }, live, again));
      expect(differences(printed, tasks.find((task) => task.name === name)!, again.flat())).toEqual([]);
    }
  });

  it('items reach loops of every kind, and text without items is left alone', async () => {
    const pipeline = emptyPipeline('loops', namespace);
    const tasks = [
      ...everyWay(pipeline, { argoStrategy: 'loop' }),
      plainItems(pipeline, 'bare-each', some(manyItems, 60), { ...BARE, argoStrategy: 'loop' }),
      literals(pipeline, 'literals', shortItems),
      literalScript(pipeline, 'literal-script', shortItems),
    ];
    expect((await ran({ pipeline, tasks })).found).toEqual([]);
  });

  it('parameters', async () => {
    expect((await ran(parameterPipeline('parameters', namespace))).found).toEqual([]);
  });

  it('conditions on parameters', async () => {
    expect((await ran(conditionPipeline('conditions', namespace))).found).toEqual([]);
  });

  it('outputs', async () => {
    expect((await ran(outputPipeline('outputs', namespace))).found).toEqual([]);
  });

  it('lists that are made at run time', async () => {
    expect((await ran(listPipeline('lists', namespace))).found).toEqual([]);
  });
});
