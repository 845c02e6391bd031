import { beforeAll, describe, expect, it } from 'vitest';
import { buildSchemas } from '../../scripts/build-schemas.mjs';
import { configMap, findings, job, workflowTemplate } from './helpers.ts';

beforeAll(async () => {
  await buildSchemas();
});

describe('objects against the schema of their kind', () => {
  it('takes good objects', async () => {
    expect(
      await findings([
        job({ backoffLimit: 2 }, {}, { resources: { limits: { cpu: 2, memory: '8Gi', 'nvidia.com/gpu': 1 } } }),
        workflowTemplate({ container: { image: 'busybox:1.37', command: ['true'] } }),
        configMap({ text: 'hello' }),
      ]),
    ).toEqual([]);
  });

  it('reports an unknown field once, with the field that was meant', async () => {
    expect(await findings([job({}, {}, { imagePullPolcy: 'Always' })])).toEqual([
      'PL310 error: Job "greet" has spec.template.spec.containers[0].imagePullPolcy, which is not a field there. → Did you mean "imagePullPolicy"?',
    ]);
  });

  it('lists the fields where no field is near', async () => {
    const object = { ...configMap({}), wholly: 'other' };
    expect(await findings([object])).toEqual([
      'PL310 error: ConfigMap "notes" has wholly, which is not a field there. → Remove it, or look for its right place. Fields there are apiVersion, binaryData, data, immutable, kind, metadata.',
    ]);
  });

  it('says which value is wrong and what it must be', async () => {
    expect(
      await findings([job({ completions: '3', suspend: 'yes', completionMode: 'indexed', backoffLimit: null })]),
    ).toEqual([
      'PL311 error: Job "greet": spec.backoffLimit must be a whole number, and is null. → Leave the field out instead of setting it to null.',
      'PL311 error: Job "greet": spec.completionMode must be "Indexed" or "NonIndexed", and is "indexed". → Did you mean "Indexed"?',
      'PL311 error: Job "greet": spec.completions must be a whole number, and is "3". → Write it without quotes.',
      'PL311 error: Job "greet": spec.suspend must be true or false, and is "yes". → Correct the value.',
    ]);
  });

  it('has one diagnostic for a quantity and an int-or-string of a wrong type', async () => {
    const strategy = { rollingUpdate: { maxUnavailable: ['a'] } };
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'serve' },
      spec: {
        strategy,
        selector: {},
        template: { spec: { containers: [{ name: 'a', resources: { limits: { cpu: true } } }] } },
      },
    };
    expect(await findings([deployment])).toEqual([
      'PL311 error: Deployment "serve": spec.strategy.rollingUpdate.maxUnavailable must be text or a whole number, and is a list. → Correct the value.',
      'PL311 error: Deployment "serve": spec.template.spec.containers[0].resources.limits.cpu must be text or a number, and is true. → Correct the value.',
    ]);
  });

  it('asks for text in quotes, and for missing fields', async () => {
    expect(
      await findings([
        job({ selector: { matchExpressions: [{ key: 'app' }] } }, {}, { env: [{ name: 'N', value: 1 }] }),
      ]),
    ).toEqual([
      'PL311 error: Job "greet": spec.template.spec.containers[0].env[0].value must be text, and is 1. → Write it in quotes.',
      'PL312 error: Job "greet" lacks spec.selector.matchExpressions[0].operator, which must be there. → Add the field.',
    ]);
  });

  it('knows Argo: its containers need no name, its steps are lists of lists', async () => {
    const good = workflowTemplate({ steps: [[{ name: 'a', template: 'b' }]] });
    const bad = workflowTemplate({ script: { image: 'busybox:1.37', command: ['sh'], source: 'true', sourc: 1 } });
    expect(await findings([good, bad])).toEqual([
      'PL310 error: WorkflowTemplate "hello" has spec.templates[0].script.sourc, which is not a field there. → Did you mean "source"?',
    ]);
  });

  it('accepts kinds without a schema, and names them', async () => {
    const { Collector } = await import('../../src/diagnostics/collector.ts');
    const { defaultProfile } = await import('../../src/ir/profile.ts');
    const { validateManifests } = await import('../../src/validate/validate-manifests.ts');
    const queue = {
      apiVersion: 'kueue.x-k8s.io/v1beta2',
      kind: 'LocalQueue',
      metadata: { name: 'q' },
      spec: { any: 1 },
    };
    const origin = { location: undefined, callers: [], path: 'q' };
    const manifests = [queue, queue, job()].map((object) => ({ object, origin }));
    const diagnostics = new Collector();
    expect(
      await validateManifests([{ path: 'q.yaml', gitops: false, manifests }], defaultProfile, diagnostics),
    ).toEqual({
      checked: 1,
      unknownKinds: ['kueue.x-k8s.io/v1beta2 LocalQueue'],
    });
    expect(diagnostics.sorted()).toEqual([]);
  });

  it('reports an API version that is gone, and objects without kind', async () => {
    expect(
      await findings([
        { ...job(), apiVersion: 'batch/v1beta1' },
        { apiVersion: 'v1', metadata: { name: 'a' } },
      ]),
    ).toEqual([
      'PL312 error: object "a" lacks kind, which must be there. → Add the field.',
      'PL316 error: Job "greet" has the apiVersion "batch/v1beta1", which no supported version serves. → Write "apiVersion: batch/v1", which has Job in all supported versions.',
    ]);
  });
});

describe('manifests inside Argo templates', () => {
  const inputs = { parameters: [{ name: 'parallelism' }, { name: 'x' }] };
  const launch = (manifest: string): Promise<string[]> =>
    findings([workflowTemplate({ inputs, resource: { action: 'create', manifest } })], { gitops: true });

  it('are read as the JSON that podloom writes, and as YAML where that says something else', async () => {
    const spec = { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'a' }] } } };
    const written = JSON.stringify(
      { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'a' }, spec },
      undefined,
      2,
    );
    expect(await launch(written)).toEqual([]);
    expect(await launch(written.replace('"Never"', '7'))).toEqual([expect.stringMatching(/^PL311 .*restartPolicy/)]);
    const twice = written.replace('"kind": "Job",', '"kind": "Job",\n  "kind": "Job",');
    expect(await launch(twice)).toEqual([expect.stringMatching(/^PL324 .*unique/)]);
  });

  it('are checked too, whatever the tags in them stand for', async () => {
    const manifest = `apiVersion: batch/v1
kind: Job
metadata:
  generateName: "{{workflow.name}}-"
spec:
  parallelism: {{inputs.parameters.parallelism}}
  paralelism: 3
  template:
    spec:
      restartPolicy: {{=inputs.parameters.x == 'a' ? 'Never' : 'OnFailure'}}
      containers: [{name: main, image: busybox}]
`;
    expect(await launch(manifest)).toEqual([
      'PL310 error: Job "podloom0tag0value-…" in the manifest in template "main" of WorkflowTemplate "hello" has spec.paralelism, which is not a field there. → Did you mean "parallelism"?',
    ]);
  });

  it('are objects', async () => {
    expect(await launch('just text')).toEqual([
      'PL324 error: The text at spec.templates[0].resource.manifest (the manifest in template "main" of WorkflowTemplate "hello") is no Kubernetes object: it is not an object. → Write an object with apiVersion, kind and metadata.',
    ]);
  });
});

describe('versions', () => {
  const pod = { hostnameOverride: 'a', resources: { limits: { cpu: '4' } } };

  it('names the version that has the field', async () => {
    expect(await findings([job({}, pod)])).toEqual([
      'PL313 error: Job "greet": spec.template.spec.hostnameOverride came with Kubernetes 1.35, and the profile has 1.33. → Leave it out, or set Kubernetes to 1.35 or newer in the profile when the cluster has it.',
      'PL314 warning: Job "greet": spec.template.spec.resources has no effect in Kubernetes 1.33 unless the feature gate PodLevelResources is on. → Turn PodLevelResources on in the cluster, use Kubernetes 1.34 or newer, where it is on by default, or leave the field out.',
    ]);
    expect(await findings([job({}, pod)], { profile: { kubernetes: '1.36' } })).toEqual([]);
  });

  it('warns of what the oldest version drops', async () => {
    const messages = await findings([job({ completionMode: 'Indexed', completions: 3, backoffLimitPerIndex: 1 })], {
      profile: { kubernetes: '1.28' },
    });
    expect(messages).toEqual([
      'PL314 warning: Job "greet": spec.backoffLimitPerIndex has no effect in Kubernetes 1.28 unless the feature gate JobBackoffLimitPerIndex is on. → Turn JobBackoffLimitPerIndex on in the cluster, use Kubernetes 1.29 or newer, where it is on by default, or leave the field out.',
    ]);
  });

  it('gates fields of Argo in both directions, in inline templates too', async () => {
    const inline = { container: { image: 'a' }, pendingTimeout: '1h' };
    const object = workflowTemplate({
      dag: { tasks: [{ name: 'a', inline }] },
      synchronization: { mutex: { name: 'one' } },
    });
    expect(await findings([object], { profile: { argo: '4.0' } })).toEqual([
      'PL313 error: WorkflowTemplate "hello": spec.templates[0].dag.tasks[0].inline.pendingTimeout came with Argo Workflows 4.1, and the profile has 4.0. → Leave it out, or set Argo Workflows to 4.1 or newer in the profile when the cluster has it.',
      'PL315 error: WorkflowTemplate "hello": spec.templates[0].synchronization.mutex was removed in Argo Workflows 4.0, and the profile has 4.0. → Write "mutexes" instead, which all supported versions have.',
    ]);
    const singular = workflowTemplate({ synchronization: { mutex: { name: 'one' } }, container: { image: 'a' } });
    expect(await findings([singular], { profile: { argo: '3.7' } })).toEqual([]);
    expect(await findings([workflowTemplate(inline)], { profile: { argo: '4.1' } })).toEqual([]);
  });
});
