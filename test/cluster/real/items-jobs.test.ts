import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../src/cluster/objects.ts';
import { connect, freshNamespace } from '../rig/connect.ts';
import { manyItems, shortItems } from './items-hostile.ts';
import { type JobsRun, rerun, runJobs } from './items-jobs.ts';
import { listPipeline, outputPipeline } from './items-outputs.ts';
import { parameterPipeline } from './items-parameters.ts';
import {
  type CheckedPipeline,
  emptyPipeline,
  everyWay,
  literalScript,
  literals,
  plainItems,
} from './items-pipelines.ts';
import { differences, printedBy } from './items-printed.ts';
import { compiled, YamlSender } from './items-run.ts';

/** Milliseconds, also on a busy machine. */
const LONG = 600_000;
const EACH = manyItems.slice(-200);

async function aRun(name: string): Promise<JobsRun> {
  const { client, kubeconfig } = await connect();
  const namespace = await freshNamespace(client, name);
  return { client, namespace, sender: await YamlSender.to(kubeconfig, namespace) };
}

async function differencesOf(run: JobsRun, { pipeline, tasks, given }: CheckedPipeline): Promise<string[]> {
  const label = await runJobs(run, compiled(pipeline, 'jobs'), given);
  const printed = await printedBy(run.client, run.namespace, label);
  return tasks.flatMap((task) => differences(printed, task));
}

describe('on Indexed Jobs', { timeout: LONG }, () => {
  let run: JobsRun;
  beforeAll(async () => {
    run = await aRun('items-jobs');
  });

  // Dead pods cost the kubelet time in the tests that come after.
  afterAll(async () => {
    run.sender.close();
    await run.client.delete({ apiVersion: 'v1', kind: 'Namespace', name: run.namespace });
  });

  const job = async (name: string): Promise<KubernetesObject> => {
    const found = await run.client.get({ apiVersion: 'batch/v1', kind: 'Job', namespace: run.namespace, name });
    if (found === undefined) throw new Error(`no Job ${name}`);
    return found;
  };

  it('200 items reach one pod each byte for byte, and some of them again in a rerun', async () => {
    const pipeline = emptyPipeline('each', run.namespace);
    const tasks = [plainItems(pipeline, 'each', EACH)];
    expect(await differencesOf(run, { pipeline, tasks })).toEqual([]);

    const again = [[199], [0], [63], [64], [127], [3]];
    const label = await rerun(run, await job('each-each'), again);
    const printed = await printedBy(run.client, run.namespace, label);
    expect(differences(printed, tasks[0]!, again.flat(), ({ index }) => again[index]?.[0])).toEqual([]);
  });

  it('items arrive whatever the image and however they are grouped, also in a rerun', async () => {
    const pipeline = emptyPipeline('ways', run.namespace);
    const tasks = [
      ...everyWay(pipeline),
      literals(pipeline, 'literals', shortItems),
      literalScript(pipeline, 'literal-script', shortItems),
    ];
    expect(await differencesOf(run, { pipeline, tasks })).toEqual([]);

    for (const [name, again] of [
      ['bare', [[250, 0, 77], [64]]],
      ['batches', [[19], [0, 7]]],
      ['braces', [[59, 3]]],
    ] as const) {
      const printed = await printedBy(run.client, run.namespace, await rerun(run, await job(`ways-${name}`), again));
      expect(differences(printed, tasks.find((task) => task.name === name)!, again.flat())).toEqual([]);
    }
  });

  it('parameters', async () => {
    expect(await differencesOf(run, parameterPipeline('parameters', run.namespace))).toEqual([]);
  });

  it('outputs', async () => {
    expect(await differencesOf(run, outputPipeline('outputs', run.namespace))).toEqual([]);
  });

  it('lists that are made at run time', async () => {
    expect(await differencesOf(run, listPipeline('lists', run.namespace))).toEqual([]);
  });
});
