import { beforeAll, describe, expect, it } from 'vitest';
import { buildSchemas } from '../../scripts/build-schemas.mjs';
import { configMap, findings, job, workflowTemplate } from './helpers.ts';

beforeAll(async () => {
  await buildSchemas();
});

const SPLIT = 'Split it, or keep large content in a volume or an object store and put only its address here.';
const SERVER_SIDE =
  'Apply it with "kubectl apply --server-side" (Argo CD: ServerSideApply=true), or make the object smaller.';

describe('sizes', () => {
  it('1 MiB of data fits into a ConfigMap, one byte more does not', async () => {
    const warning = (size: number) =>
      `PL318 warning: "jobs/hello.yaml" cannot be applied with plain "kubectl apply": ConfigMap "notes" has ${size} bytes. → ${SERVER_SIDE}`;
    expect(await findings([configMap({ a: 'x'.repeat(1_048_576) })])).toEqual([warning(1_048_658)]);
    expect(await findings([configMap({ a: 'é'.repeat(524_288), b: 'x' })])).toEqual([
      `PL317 error: ConfigMap "notes" is too large: its data is 1048577 bytes, and at most 1048576 fit. → ${SPLIT}`,
    ]);
  });

  it('counts decoded bytes of Secrets', async () => {
    const data = { a: Buffer.alloc(1_000_000).toString('base64') };
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'big' }, data };
    expect((await findings([secret])).filter((line) => line.startsWith('PL317'))).toEqual([]);
  });

  it('knows the limits of Workflows and of etcd', async () => {
    const args = (bytes: number) => ({ container: { image: 'a', args: ['x'.repeat(bytes)] } });
    expect(await findings([workflowTemplate(args(1_048_576))])).toEqual([
      `PL317 error: WorkflowTemplate "hello" is too large: it is 1048764 bytes, and at most 1048576 fit. → ${SPLIT}`,
    ]);
    expect((await findings([job({}, {}, { args: ['x'.repeat(1_200_000)] })])).map((line) => line.slice(0, 5))).toEqual([
      'PL318',
    ]);
    expect((await findings([job({}, {}, { args: ['x'.repeat(1_600_000)] })])).map((line) => line.slice(0, 5))).toEqual([
      'PL317',
    ]);
  });

  it('adds annotations up', async () => {
    expect((await findings([configMap({}, { annotations: { a: 'x'.repeat(262_144) } })]))[0]).toBe(
      `PL317 error: ConfigMap "notes" is too large: its annotations are 262145 bytes, and at most 262144 fit. → ${SPLIT}`,
    );
  });
});

describe('names, labels and annotations', () => {
  it('refuses names that the API server refuses', async () => {
    const named = (kind: string, name: string) => ({ apiVersion: 'v1', kind, metadata: { name } });
    expect(
      await findings([
        named('ConfigMap', 'My_Notes'),
        named('Service', '1st'),
        named('Namespace', 'a.b'),
        named('ConfigMap', 'a.b-1'),
      ]),
    ).toEqual([
      'PL321 error: ConfigMap "My_Notes" has a name that the API server refuses: it must be a DNS name: lower-case letters, digits, "-" and ".". → Give it another name.',
      'PL321 error: Service "1st" has a name that the API server refuses: it must be at most 63 lower-case letters, digits and "-", and starts with a letter. → Give it another name.',
      'PL321 error: Namespace "a.b" has a name that the API server refuses: it must be at most 63 lower-case letters, digits and "-". → Give it another name.',
    ]);
  });

  it('leaves room for what is named after a Job or CronJob', async () => {
    const { spec } = job();
    const cronJob = {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'n'.repeat(53) },
      spec: { schedule: '0 0 * * *', jobTemplate: { spec: spec as object } },
    };
    const long = { ...job(), metadata: { name: 'n'.repeat(64) } };
    expect((await findings([cronJob, long] as never)).map((line) => line.slice(0, 5))).toEqual(['PL321', 'PL321']);
    const role = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'system:Any' },
      rules: [],
    };
    expect(await findings([role])).toEqual([]);
  });

  it('checks the labels of pods too, but not what Argo fills in', async () => {
    const pods = job({
      template: {
        metadata: { labels: { 'a/b/c': 'x', owner: 'the vision team' } },
        spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'a' }] },
      },
    });
    const argo = workflowTemplate({
      inputs: { parameters: [{ name: 'item' }] },
      metadata: { labels: { item: '{{inputs.parameters.item}}' } },
      container: { image: 'a' },
    });
    expect(await findings([pods, argo])).toEqual([
      'PL320 error: Job "greet": spec.template.metadata.labels["a/b/c"]: The key may have only letters, digits, "-", "_" and ".", and starts and ends with a letter or digit. → Change it. Free text belongs in the value of an annotation.',
      'PL320 error: Job "greet": spec.template.metadata.labels.owner: The value "the vision team" may have only letters, digits, "-", "_" and ".", and starts and ends with a letter or digit. → Change it. Free text belongs in the value of an annotation.',
    ]);
  });
});

describe('GitOps files', () => {
  const generated = { ...job({ ttlSecondsAfterFinished: 60 }), metadata: { generateName: 'greet-' } };

  it('have no object that deletes itself or names itself', async () => {
    expect(await findings([generated], { gitops: true })).toEqual([
      'PL322 error: Job "greet-…" sets spec.ttlSecondsAfterFinished, and its file is for GitOps: the controller would make it again after each deletion, and it would run again. → Remove the field here; finished runs are removed by what starts them.',
      'PL323 error: Job "greet-…" has metadata.generateName, and its file is for GitOps. → Give it a fixed name with metadata.name.',
    ]);
  });

  it('other files may', async () => {
    expect(await findings([generated])).toEqual([]);
  });
});
