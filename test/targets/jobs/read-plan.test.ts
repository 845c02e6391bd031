import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ForEach, ItemValue } from '../../../src/ir/items.ts';
import type { Pipeline } from '../../../src/ir/pipeline.ts';
import { defaultProfile } from '../../../src/ir/profile.ts';
import type { JsonObject } from '../../../src/ir/scalar.ts';
import { gitopsFile } from '../../../src/targets/jobs/gitops-file.ts';
import { readPlan } from '../../../src/targets/jobs/read-plan.ts';
import { taskManifests } from '../../../src/targets/jobs/tasks.ts';
import { hostileItems } from '../../items/hostile.ts';
import { aPipeline, aTask } from '../../rig/ir.ts';

/** What a conductor in the cluster sees of a pipeline. */
async function throughTheCluster(pipeline: Pipeline) {
  const ofTask = taskManifests(pipeline, defaultProfile, pipeline.name);
  const parts = new Map(pipeline.tasks.map((task) => [task.name, ofTask(task)]));
  const maps = new Map<string, { readonly [key: string]: string }>();
  for (const { object } of gitopsFile(pipeline, defaultProfile, parts)) {
    if (object['kind'] !== 'ConfigMap') continue;
    const { name } = object['metadata'] as { readonly name: string };
    maps.set(name, object['data'] as { readonly [key: string]: string });
  }
  const plan = [...maps].filter(([name]) => name.startsWith(`${pipeline.name}-plan-`));
  const texts = plan.flatMap(([, data]) => Object.entries(data)).sort(([one], [other]) => (one < other ? -1 : 1));
  return readPlan(
    texts.map(([, text]) => text),
    async (name) => maps.get(name)!,
  );
}

function overItems(values: readonly ItemValue[], fields?: readonly string[], batch = 1): Pipeline {
  const shape = fields === undefined ? ({ kind: 'scalar' } as const) : ({ kind: 'object', fields } as const);
  const forEach: ForEach = { items: { kind: 'table', shape, values, source: 'a test' }, batch, itemsPerPod: 1 };
  return aPipeline({ tasks: [aTask({ name: 'work', forEach })] });
}

describe('a plan in the cluster', () => {
  it('gives back the pipeline, without places in files and with items as text', async () => {
    const pipeline = overItems(['a', 2, true]);
    const read = await throughTheCluster(pipeline);
    if (!read.ok) throw new Error(read.problem);
    const { origin: _, ...task } = pipeline.tasks[0]!;
    expect(read.value.profile).toEqual(defaultProfile);
    expect(read.value.pipeline.tasks[0]).toMatchObject(
      JSON.parse(JSON.stringify({ ...task, forEach: undefined })) as JsonObject,
    );
    expect(read.value.pipeline.tasks[0]?.forEach?.items).toMatchObject({ values: ['a', '2', 'true'] });
  });

  it('gives back hostile items, in batches too', async () => {
    const texts = hostileItems.filter((text) => !text.includes('\0'));
    for (const batch of [1, 3, 1000]) {
      const read = await throughTheCluster(overItems(texts, undefined, batch));
      if (!read.ok) throw new Error(read.problem);
      expect(read.value.pipeline.tasks[0]?.forEach?.items).toMatchObject({ values: texts });
    }
  });

  it('gives back any items with fields', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((value) => !value.includes('\0'));
    const item = fc.record({ lr: text, 'two words': text });
    await fc.assert(
      fc.asyncProperty(
        fc.array(item, { minLength: 1, maxLength: 200 }),
        fc.integer({ min: 1, max: 5 }),
        async (items, batch) => {
          const read = await throughTheCluster(overItems(items, ['lr', 'two words'], batch));
          if (!read.ok) throw new Error(read.problem);
          expect(read.value.pipeline.tasks[0]?.forEach?.items).toMatchObject({ values: items });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('says what is wrong with a plan that it cannot read', async () => {
    const none = async () => ({});
    expect(await readPlan(['{'], none)).toMatchObject({ ok: false, problem: expect.stringContaining('not JSON') });
    expect(await readPlan(['{}'], none)).toMatchObject({ ok: false, problem: 'it is no plan of podloom' });
    expect(await readPlan(['{"kind":"Plan","version":2}'], none)).toMatchObject({ ok: false });
    const plan = { kind: 'Plan', version: 1, profile: defaultProfile, pipeline: { tasks: [], origin: { path: 'p' } } };
    expect(await readPlan([JSON.stringify(plan)], none)).toMatchObject({
      ok: false,
      problem: expect.stringContaining('name'),
    });
  });

  it('says so when a table is gone or changed', async () => {
    const pipeline = overItems(['a', 'b']);
    const items = { kind: 'stored', shape: { kind: 'scalar' }, source: '', count: 2, tables: ['t'] };
    const task = { ...pipeline.tasks[0], forEach: { items, batch: 1, itemsPerPod: 1 } };
    const plan = JSON.stringify({
      kind: 'Plan',
      version: 1,
      profile: defaultProfile,
      pipeline: { ...pipeline, tasks: [task] },
    });
    const from = (text: string) => readPlan([plan], async () => ({ '0': text }));
    expect(await from('case $podloom_i in\n0) ITEM=a;;\n*) podloom_missing;;\nesac\n')).toMatchObject({ ok: false });
    expect(await from('rm -rf /\n')).toMatchObject({ ok: false, problem: expect.stringContaining('no table') });
    const good = 'case $podloom_i in\n0) ITEM=a;;\n1) ITEM=b;;\n*) podloom_missing;;\nesac\n';
    expect(await from(good)).toMatchObject({ ok: true });
  });
});
