import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/ir/scalar.ts';
import { anEdge, aRange, aTable, aTask } from '../../rig/ir.ts';
import { compile, dagTasks, envOf, item, output, running } from './compiled.ts';

test('one task is one template and a DAG of one', () => {
  const { files, spec } = compile({ tasks: [aTask({ name: 'hello', container: running('echo', 'hi') })] });
  expect(files.map(({ path, gitops }) => ({ path, gitops }))).toEqual([{ path: 'argo/example.yaml', gitops: true }]);
  expect(spec).toEqual({
    entrypoint: 'main',
    workflowMetadata: {
      labels: { 'podloom.dev/pipeline': 'example' },
      labelsFrom: { 'podloom.dev/run': { expression: 'workflow.name' } },
    },
    podMetadata: { labels: { 'podloom.dev/pipeline': 'example', 'podloom.dev/run': '{{workflow.name}}' } },
    serviceAccountName: 'example-argo',
    automountServiceAccountToken: true,
    podSpecPatch: '{"automountServiceAccountToken":true,"enableServiceLinks":false}',
    templates: [
      { name: 'main', dag: { failFast: false, tasks: [{ name: 'hello', template: 'hello' }] } },
      {
        name: 'hello',
        metadata: { labels: { 'podloom.dev/task': 'hello' } },
        securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
        container: {
          image: 'busybox:1.36',
          command: ['echo', 'hi'],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          terminationMessagePolicy: 'FallbackToLogsOnError',
        },
      },
    ],
  });
});

test('accounts may do what Argo needs of them and no more', () => {
  const { objects } = compile({
    tasks: [aTask({ name: 'a', serviceAccount: 'mine' }), aTask({ name: 'b', replicas: 2 })],
  });
  const roles = objects
    .filter(({ kind }) => kind === 'Role')
    .map(({ metadata, rules }) => [(metadata as JsonObject)['name'], rules]);
  const results = { apiGroups: ['argoproj.io'], resources: ['workflowtaskresults'], verbs: ['create', 'patch'] };
  expect(roles).toEqual([
    ['example-argo', [results]],
    ['example-argo-launcher', [results, { apiGroups: ['batch'], resources: ['jobs'], verbs: ['create', 'get'] }]],
  ]);
  expect(objects.find(({ kind }) => kind === 'RoleBinding')?.['subjects']).toEqual([
    { kind: 'ServiceAccount', name: 'example-argo', namespace: 'default' },
    { kind: 'ServiceAccount', name: 'mine', namespace: 'default' },
  ]);
});

test('parameters, schedule, bounds and exit tasks of the pipeline', () => {
  const { spec, objects, template } = compile({
    parameters: [{ name: 'size', type: 'number', default: 3, options: [1, 3], description: 'How much' }],
    schedule: {
      cron: '30 2 * * *',
      timeZone: 'Europe/Berlin',
      concurrencyPolicy: 'Forbid',
      suspend: true,
      startingDeadlineSeconds: 60,
    },
    maxRunning: 7,
    deadlineSeconds: 3600,
    tasks: [
      aTask({ name: 'a' }),
      aTask({ name: 'bye', phase: 'exit', container: running('echo', [{ kind: 'status' }]) }),
    ],
  });
  expect(spec).toMatchObject({ parallelism: 7, activeDeadlineSeconds: 3600, entrypoint: 'main', onExit: 'on-exit' });
  expect(spec['arguments']).toEqual({
    parameters: [{ name: 'size', value: '3', enum: ['1', '3'], description: 'How much' }],
  });
  expect(objects.find(({ kind }) => kind === 'CronWorkflow')).toEqual({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'CronWorkflow',
    metadata: { name: 'example', labels: { 'podloom.dev/pipeline': 'example' } },
    spec: {
      schedules: ['30 2 * * *'],
      timezone: 'Europe/Berlin',
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 60,
      suspend: true,
      workflowSpec: { workflowTemplateRef: { name: 'example' } },
    },
  });
  expect(template('on-exit')['dag']).toEqual({ failFast: false, tasks: [{ name: 'bye', template: 'bye' }] });
  expect(envOf(template('bye'))).toEqual([
    { name: 'PODLOOM_STATUS', value: "{{=(workflow.status == 'Succeeded' ? 'Succeeded' : 'Failed')}}" },
  ]);
});

test('a few items are a loop over their numbers; their text is in a ConfigMap', () => {
  const { templates, objects, template } = compile({
    tasks: [
      aTask({ name: 'decode', forEach: aTable(['a', '{{x}}']), maxRunning: 1, container: running('echo', [item]) }),
    ],
  });
  expect(templates.slice(0, 2)).toEqual([
    { name: 'main', dag: { failFast: false, tasks: [{ name: 'decode', template: 'decode-items' }] } },
    {
      name: 'decode-items',
      parallelism: 1,
      dag: {
        failFast: false,
        tasks: [
          {
            name: 'decode',
            template: 'decode',
            arguments: { parameters: [{ name: 'index', value: '{{item}}' }] },
            withSequence: { count: '2' },
          },
        ],
      },
    },
  ]);
  expect(envOf(template('decode'))).toEqual([{ name: 'PODLOOM_INDEX', value: '{{inputs.parameters.index}}' }]);
  expect(JSON.stringify(templates)).not.toContain('{{x}}');
  expect(objects.some(({ kind, immutable }) => kind === 'ConfigMap' && immutable === true)).toBe(true);
});

function jobsOf(templates: readonly JsonObject[]): { job: JsonObject; resource: JsonObject; name: string }[] {
  return templates.flatMap(({ name, resource }) =>
    resource === undefined
      ? []
      : [
          {
            name: name as string,
            resource: resource as JsonObject,
            job: JSON.parse((resource as JsonObject)['manifest'] as string),
          },
        ],
  );
}

test('many items are one Job behind one node', () => {
  const { templates } = compile({
    maxRunning: 40,
    tasks: [
      aTask({
        name: 'decode',
        forEach: aRange(5000),
        maxFailed: { kind: 'count', count: 10 },
        container: running('echo', [item]),
      }),
    ],
  });
  const [{ job, resource } = { job: {}, resource: {} }, ...others] = jobsOf(templates);
  expect(others).toEqual([]);
  const { manifest: _, ...conditions } = resource as JsonObject;
  expect(conditions).toEqual({
    action: 'create',
    successCondition: 'status.conditions.1.reason in (CompletionsReached, FailedIndexes)',
    failureCondition: [0, 1, 2]
      .flatMap((at) => [
        `status.conditions.${at}.reason in (MaxFailedIndexesExceeded, DeadlineExceeded, BackoffLimitExceeded)`,
        `status.conditions.${at}.reason == PodFailurePolicy`,
      ])
      .join(', '),
  });
  expect(job).toMatchObject({
    metadata: {
      generateName: 'example-decode-',
      labels: {
        'podloom.dev/pipeline': 'example',
        'podloom.dev/task': 'decode',
        'podloom.dev/run': '{{workflow.name}}',
      },
      ownerReferences: [{ kind: 'Workflow', name: '{{workflow.name}}', uid: '{{workflow.uid}}', controller: true }],
    },
    spec: { completions: 5000, parallelism: 40, maxFailedIndexes: 10 },
  });
  expect(templates.find(({ resource }) => resource !== undefined)).toMatchObject({
    serviceAccountName: 'example-argo-launcher',
  });
});

test('more than 10,000 pods are several Jobs that share the bound', () => {
  const { templates, template } = compile({
    tasks: [aTask({ name: 'big', forEach: aRange(25_000), maxRunning: 90, container: running('echo', [item]) })],
  });
  const jobs = jobsOf(templates);
  expect(jobs.map(({ job }) => (job['spec'] as JsonObject)['completions'])).toEqual([10_000, 10_000, 5000]);
  expect(jobs.map(({ job }) => (job['spec'] as JsonObject)['parallelism'])).toEqual([30, 30, 30]);
  expect(jobs[2]?.resource['successCondition']).toBe('status.succeeded == 5000');
  expect(template('big')['dag']).toEqual({
    failFast: false,
    tasks: [0, 1, 2].map((part) => ({ name: `part-${part}`, template: `big-part-${part}` })),
  });
});

test('values travel as base64 and reach pods and conditions whole', () => {
  const { template } = compile({
    tasks: [
      aTask({ name: 'find', outputs: [{ kind: 'value', name: 'n', type: 'number' }] }),
      aTask({
        name: 'use',
        after: [anEdge('find')],
        when: {
          kind: 'compare',
          operator: '>',
          left: { kind: 'reference', reference: output('find', 'n'), type: 'number' },
          right: { kind: 'literal', value: 3 },
        },
        container: running('echo', [output('find', 'n')]),
      }),
    ],
  });
  expect(template('find')['outputs']).toEqual({
    parameters: [{ name: 'n', valueFrom: { path: '/podloom/outputs/n' } }],
  });
  expect(dagTasks(template('main'))[1]).toEqual({
    name: 'use',
    depends: 'find',
    when: "{{=float(tasks['find'].outputs.parameters['n']) > 3}}",
    template: 'use',
    arguments: { parameters: [{ name: 'find_n', value: "{{=sprig.b64enc(tasks['find'].outputs.parameters['n'])}}" }] },
  });
  expect(envOf(template('use'))).toEqual(
    [
      {
        name: 'PODLOOM_INPUT_FIND_N',
        value:
          "{{=replace(replace(sprig.b64dec(inputs.parameters['find_n']), '$', '$$'), '\\u007b\\u007b', '\\u007b$(PODLOOM_BRACE)')}}",
      },
    ].flatMap((entry) => [{ name: 'PODLOOM_BRACE', value: '{' }, entry]),
  );
});

test('a value of a task that may be skipped has a default', () => {
  const when = { kind: 'literal', value: false } as const;
  const { template } = compile({
    tasks: [
      aTask({ name: 'a', when, outputs: [{ kind: 'value', name: 'n', type: 'string' }] }),
      aTask({ name: 'b', after: [anEdge('a')], container: running('echo', [output('a', 'n')]) }),
    ],
  });
  expect(template('a')['outputs']).toEqual({
    parameters: [{ name: 'n', valueFrom: { path: '/podloom/outputs/n', default: '' } }],
  });
  expect(JSON.stringify(template('main'))).toContain("(tasks['a']?.outputs?.parameters?.['n'] ?? '')");
});

test('a list made at run time is counted, and each pod takes its item', () => {
  const { template } = compile({
    tasks: [
      aTask({ name: 'find', outputs: [{ kind: 'list', name: 'files', shape: { kind: 'scalar' }, maxItems: 10 }] }),
      aTask({
        name: 'read',
        after: [anEdge('find')],
        forEach: {
          items: { kind: 'output', task: 'find', output: 'files', shape: { kind: 'scalar' } },
          batch: 1,
          itemsPerPod: 1,
        },
        container: running('cat', [item]),
      }),
    ],
  });
  expect(template('find')['outputs']).toEqual({
    parameters: [{ name: 'files', globalName: 'find_files', valueFrom: { path: '/podloom/outputs/files' } }],
  });
  const list = "let l = trim(r) startsWith '[' ? fromJSON(r) : filter(split(r, \"\\n\"), # != '')";
  expect(dagTasks(template('main'))[1]).toMatchObject({
    withSequence: { count: `{{=let r = tasks['find'].outputs.parameters['files'] ?? ''; ${list}; len(l)}}` },
  });
  const [, carried] = envOf(template('read'));
  expect(carried).toEqual({
    name: 'PODLOOM_ITEM',
    value: `{{=let r = workflow.outputs.parameters['find_files'] ?? ''; ${list}; let v = l[int(inputs.parameters['index'])] ?? ''; let t = type(v) == 'string' ? v : toJson(v); replace(replace(replace(t, '\\\\', '\\\\0134'), '\\u007b', '\\\\0173'), '$', '\\\\0044')}}`,
  });
});

test('itemwise edges are one small DAG for each item', () => {
  const { template } = compile({
    tasks: [
      aTask({ name: 'u', forEach: aRange(5), container: running('echo', [item]) }),
      aTask({ name: 'v', forEach: aRange(5), after: [anEdge('u', 'itemwise')], container: running('echo', [item]) }),
      aTask({ name: 'end', after: [anEdge('v')] }),
    ],
  });
  const index = { parameters: [{ name: 'index', value: '{{inputs.parameters.index}}' }] };
  expect(template('main')['dag']).toMatchObject({
    tasks: [
      { name: 'u-itemwise', withSequence: { count: '5' } },
      { name: 'end', depends: 'u-itemwise' },
    ],
  });
  expect(template('u-itemwise')).toEqual({
    name: 'u-itemwise',
    inputs: { parameters: [{ name: 'index' }] },
    dag: {
      failFast: false,
      tasks: [
        { name: 'u', template: 'u', arguments: index },
        { name: 'v', depends: 'u', template: 'v', arguments: index },
      ],
    },
  });
});

test('a failed task fails the run, also when another one handled it', () => {
  const { template } = compile({ tasks: [aTask({ name: 'a' }), aTask({ name: 'b', after: [anEdge('a', 'failed')] })] });
  expect(template('main')['dag']).toEqual({
    failFast: false,
    target: 'a b',
    tasks: [
      { name: 'a', template: 'a' },
      { name: 'b', depends: '(a.Failed || a.Errored)', template: 'b' },
    ],
  });
});

test('what an Argo template has no field for is a patch of the pod', () => {
  const { template } = compile({
    tasks: [
      aTask({
        name: 'a',
        imagePullSecrets: ['registry'],
        terminationGraceSeconds: 5,
        timeoutSeconds: 60,
        deadlineSeconds: 90,
        patches: { argoTemplate: { annotations: { 'workflows.argoproj.io/title': '{{inputs.parameters.x}}' } } },
      }),
    ],
  });
  expect(template('a')).toMatchObject({
    timeout: '90s',
    activeDeadlineSeconds: '60',
    podSpecPatch: '{"imagePullSecrets":[{"name":"registry"}],"terminationGracePeriodSeconds":5}',
    annotations: { 'workflows.argoproj.io/title': '{{inputs.parameters.x}}' },
  });
});
