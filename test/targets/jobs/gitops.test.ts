import { describe, expect, it } from 'vitest';
import { Collector } from '../../../src/diagnostics/collector.ts';
import type { Pipeline } from '../../../src/ir/pipeline.ts';
import { defaultProfile } from '../../../src/ir/profile.ts';
import type { JsonObject } from '../../../src/ir/scalar.ts';
import { jobsTarget } from '../../../src/targets/jobs/index.ts';
import { aContainer, anEdge, aPipeline, aRange, aTable, aTask } from '../../rig/ir.ts';

function gitopsObjects(pipeline: Pipeline): JsonObject[] {
  const { files } = jobsTarget.lower(pipeline, defaultProfile, new Collector());
  const file = files.find(({ path }) => path.endsWith('.gitops.yaml'));
  expect(file?.gitops).toBe(true);
  return file?.manifests.map(({ object }) => object) ?? [];
}

const nameOf = (object: JsonObject | undefined) => (object as { metadata: { name: string } }).metadata.name;
const ofKind = (objects: readonly JsonObject[], kind: string) => objects.filter((object) => object['kind'] === kind);
const plansOf = (objects: readonly JsonObject[]) =>
  ofKind(objects, 'ConfigMap').filter((object) => nameOf(object).includes('-plan-'));
const planOf = (objects: readonly JsonObject[]) =>
  JSON.parse(
    plansOf(objects)
      .flatMap(({ data }) => Object.entries(data as JsonObject))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, part]) => part)
      .join(''),
  );

const sweep = aPipeline({
  name: 'sweep',
  namespace: 'ml',
  tasks: [aTask({ name: 'try', forEach: aTable(['a', 'b'], { itemsPerPod: 2 }) }), aTask({ name: 'sum' })],
});

const labels = { 'podloom.dev/pipeline': 'sweep' };
const metadata = { name: 'sweep-conductor', namespace: 'ml', labels };

describe('jobs/<pipeline>.gitops.yaml', () => {
  const objects = gitopsObjects(sweep);

  it('holds items, the plan, the conductor’s account and what starts it', () => {
    expect(objects.map((object) => object['kind'])).toEqual([
      'ConfigMap',
      'ConfigMap',
      'ServiceAccount',
      'Role',
      'RoleBinding',
      'CronJob',
    ]);
  });

  it('has the plan under the hash of its text, never pruned while runs may use it', () => {
    const [plan] = plansOf(objects);
    expect(plan).toMatchObject({
      metadata: {
        name: expect.stringMatching(/^sweep-plan-[0-9a-f]{8}$/),
        labels,
        annotations: {
          'argocd.argoproj.io/sync-options': 'Prune=false',
          'kustomize.toolkit.fluxcd.io/prune': 'disabled',
        },
      },
      immutable: true,
    });
    const other = gitopsObjects({ ...sweep, maxRunning: 3 });
    expect(nameOf(plansOf(other)[0])).not.toBe(nameOf(plan));
    expect(nameOf(plansOf(gitopsObjects(structuredClone(sweep)))[0])).toBe(nameOf(plan));
  });

  it('has a plan of the whole pipeline, with listed items where the pods read them', () => {
    const { pipeline, ...plan } = planOf(objects);
    expect(plan).toEqual({ kind: 'Plan', version: 1, profile: defaultProfile });
    const { tasks, extras, ...rest } = JSON.parse(JSON.stringify(sweep));
    const origin = (path: string) => ({ path });
    const items = { kind: 'stored', shape: { kind: 'scalar' }, source: 'Items.of', count: 2 };
    expect(extras).toEqual([]);
    expect(pipeline).toEqual({
      ...rest,
      origin: origin('example'),
      tasks: [
        {
          ...tasks[0],
          origin: origin('example/try'),
          forEach: { batch: 1, itemsPerPod: 2, items: { ...items, tables: [nameOf(objects[0])] } },
        },
        { ...tasks[1], origin: origin('example/sum') },
      ],
    });
  });

  it('has no place of the machine that compiled it', () => {
    const location = { file: '/home/me/pipelines/sweep.ts', line: 3, column: 1 };
    const origin = { location, callers: [location], path: 'sweep' };
    const tasks = sweep.tasks.map((task) => ({ ...task, origin, podLabels: { origin: 'kept' } }));
    const plan = planOf(gitopsObjects({ ...sweep, origin, tasks }));
    expect(JSON.stringify(plan)).not.toContain('/home/me');
    expect(plan.pipeline.tasks[0].podLabels).toEqual({ origin: 'kept' });
  });

  it('splits a plan that one ConfigMap cannot hold', () => {
    const tasks = Array.from({ length: 3 }, (_, number) =>
      aTask({ name: `t${number}`, podAnnotations: { note: 'é𝄞'.repeat(number === 2 ? 200_000 : 80_000) } }),
    );
    const large = gitopsObjects({ ...sweep, tasks });
    const plans = plansOf(large);
    const names = plans.map((plan) => nameOf(plan).replace(/[0-9a-f]{8}/, '#'));
    expect(names).toEqual(Array.from({ length: 14 }, (_, number) => `sweep-plan-#-${number}`));
    for (const plan of plans) expect(Buffer.byteLength(JSON.stringify(plan['data']))).toBeLessThan(1024 * 1024);
    expect(planOf(large).pipeline.tasks[2].podAnnotations).toEqual(tasks[2]?.podAnnotations);
    const [cronJob] = ofKind(large, 'CronJob');
    const sources = plans.map((plan) => ({ configMap: { name: nameOf(plan) } }));
    expect(JSON.stringify(cronJob)).toContain(
      `"volumes":[{"name":"plan","projected":{"sources":${JSON.stringify(sources)}}},`,
    );
  });

  it('lets the conductor do what it must, in its namespace', () => {
    const rbac = 'rbac.authorization.k8s.io';
    const rule = (group: string, resource: string, ...verbs: string[]) => ({
      apiGroups: [group],
      resources: [resource],
      verbs,
    });
    expect(ofKind(objects, 'ServiceAccount')).toEqual([
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken: false },
    ]);
    expect(ofKind(objects, 'Role')).toEqual([
      {
        apiVersion: `${rbac}/v1`,
        kind: 'Role',
        metadata,
        rules: [
          rule('batch', 'jobs', 'create', 'delete', 'get', 'list', 'watch'),
          rule('', 'configmaps', 'create', 'get', 'patch'),
          rule('', 'pods', 'list', 'watch'),
          rule('', 'pods/log', 'get'),
          rule('', 'events', 'list'),
          rule('coordination.k8s.io', 'leases', 'create', 'get', 'patch'),
        ],
      },
    ]);
    expect(ofKind(objects, 'RoleBinding')).toEqual([
      {
        apiVersion: `${rbac}/v1`,
        kind: 'RoleBinding',
        metadata,
        roleRef: { apiGroup: rbac, kind: 'Role', name: 'sweep-conductor' },
        subjects: [{ kind: 'ServiceAccount', name: 'sweep-conductor', namespace: 'ml' }],
      },
    ]);
  });

  const verbsOf = (pipeline: Pipeline, resource: string) => {
    const [role] = ofKind(gitopsObjects(pipeline), 'Role') as unknown as {
      rules: { resources: string[]; verbs: string[] }[];
    }[];
    return role?.rules.find(({ resources }) => resources.includes(resource))?.verbs;
  };

  it('lets it open gates where pods wait at some, and fail pods only for itemwise edges', () => {
    const items = { forEach: aRange(2) };
    const itemwise = [aTask({ name: 'a', ...items }), aTask({ name: 'b', ...items, after: [anEdge('a', 'itemwise')] })];
    expect(verbsOf({ ...sweep, tasks: itemwise }, 'pods')).toEqual(['list', 'patch', 'watch']);
    expect(verbsOf({ ...sweep, tasks: itemwise }, 'pods/status')).toEqual(['patch']);
    expect(verbsOf({ ...sweep, maxRunning: 3 }, 'pods')).toEqual(['list', 'patch', 'watch']);
    expect(verbsOf({ ...sweep, maxRunning: 3 }, 'pods/status')).toBeUndefined();
    const [first] = sweep.tasks;
    expect(verbsOf({ ...sweep, tasks: [first!], maxRunning: 3 }, 'pods')).toEqual(['list', 'watch']);
  });

  it('lets it change Jobs only where a window moves from one to the next', () => {
    const bounded = sweep.tasks.map((task) => ({ ...task, maxRunning: 2 }));
    expect(verbsOf({ ...sweep, tasks: bounded }, 'jobs')).toContain('patch');
    expect(verbsOf({ ...sweep, maxRunning: 3 }, 'jobs')).toContain('patch');
  });
});

describe('what starts the conductor', () => {
  const cronJobOf = (pipeline: Pipeline) => ofKind(gitopsObjects(pipeline), 'CronJob')[0] as JsonObject;
  const podLabels = { ...labels, 'app.kubernetes.io/component': 'conductor' };

  it('is a CronJob that never fires by itself when there is no schedule', () => {
    const [plan] = plansOf(gitopsObjects(sweep));
    const { metadata: _, ...cronJob } = cronJobOf(sweep);
    expect(cronJob).toEqual({
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      spec: {
        schedule: '0 0 31 2 *',
        timeZone: 'Etc/UTC',
        suspend: true,
        failedJobsHistoryLimit: 3,
        jobTemplate: {
          metadata: { labels: podLabels },
          spec: {
            backoffLimit: 6,
            podFailurePolicy: {
              rules: [
                { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
                { action: 'FailJob', onExitCodes: { containerName: 'conductor', operator: 'In', values: [1, 2] } },
              ],
            },
            template: {
              metadata: { labels: podLabels },
              spec: {
                restartPolicy: 'Never',
                serviceAccountName: 'sweep-conductor',
                automountServiceAccountToken: true,
                enableServiceLinks: false,
                securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
                containers: [
                  {
                    name: 'conductor',
                    image: 'ghcr.io/podloom/podloom:0.1',
                    args: ['conduct', '--plan', '/podloom/plan', '--logdir', '/podloom/runs'],
                    env: [
                      {
                        name: 'PODLOOM_RUN',
                        valueFrom: { fieldRef: { fieldPath: "metadata.labels['batch.kubernetes.io/job-name']" } },
                      },
                      {
                        name: 'PODLOOM_JOB_UID',
                        valueFrom: { fieldRef: { fieldPath: "metadata.labels['batch.kubernetes.io/controller-uid']" } },
                      },
                      { name: 'PODLOOM_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
                    ],
                    resources: { requests: { cpu: '100m', memory: '256Mi' } },
                    volumeMounts: [
                      { name: 'plan', mountPath: '/podloom/plan', readOnly: true },
                      { name: 'runs', mountPath: '/podloom/runs' },
                    ],
                    securityContext: {
                      runAsNonRoot: true,
                      runAsUser: 65532,
                      readOnlyRootFilesystem: true,
                      allowPrivilegeEscalation: false,
                      capabilities: { drop: ['ALL'] },
                    },
                    terminationMessagePolicy: 'FallbackToLogsOnError',
                  },
                ],
                volumes: [
                  { name: 'plan', projected: { sources: [{ configMap: { name: nameOf(plan) } }] } },
                  { name: 'runs', emptyDir: {} },
                ],
              },
            },
          },
        },
      },
    });
  });

  it('follows the schedule of the pipeline', () => {
    const schedule = {
      cron: '0 3 * * 1-5',
      timeZone: 'Europe/Berlin',
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 600,
      suspend: false,
    } as const;
    expect(cronJobOf({ ...sweep, schedule })).toMatchObject({
      metadata: { name: 'sweep', namespace: 'ml', labels },
      spec: {
        schedule: '0 3 * * 1-5',
        timeZone: 'Europe/Berlin',
        suspend: false,
        concurrencyPolicy: 'Forbid',
        startingDeadlineSeconds: 600,
        failedJobsHistoryLimit: 3,
      },
    });
  });

  it('is with runOnChange also a Job, which is another one when anything that it runs changes', () => {
    const jobOf = (pipeline: Pipeline) => ofKind(gitopsObjects({ ...pipeline, runOnChange: true }), 'Job')[0];
    expect(ofKind(gitopsObjects(sweep), 'Job')).toEqual([]);
    const job = jobOf(sweep);
    expect(nameOf(job)).toMatch(/^sweep-[0-9a-f]{8}$/);
    expect(nameOf(jobOf(structuredClone(sweep)))).toBe(nameOf(job));
    const items = aTask({ name: 'try', forEach: aTable(['a', 'c'], { itemsPerPod: 2 }) });
    expect(nameOf(jobOf({ ...sweep, tasks: [items, ...sweep.tasks.slice(1)] }))).not.toBe(nameOf(job));
  });
});

describe('nothing in it', () => {
  it('is changed later by Kubernetes or the runner: no TTL, no generated name, no run', () => {
    const text = JSON.stringify(gitopsObjects({ ...sweep, runOnChange: true }));
    for (const word of ['ttlSecondsAfterFinished', 'generateName', 'podloom.dev/run']) expect(text).not.toContain(word);
  });
});

it('changes nothing when nothing changed, and with one task only what has its content', () => {
  const pipeline = (image: string, items: readonly string[]) =>
    aPipeline({
      name: 'sweep',
      tasks: [
        aTask({ name: 'try', forEach: aTable(['a', 'b']) }),
        aTask({ name: 'rank', forEach: aTable(items) }),
        aTask({ name: 'sum', container: aContainer({ image }) }),
      ],
    });
  const byName = (objects: readonly JsonObject[]) =>
    new Map(objects.map((object) => [`${object['kind']} ${nameOf(object)}`, JSON.stringify(object)]));
  const differing = (image: string, items: readonly string[]) => {
    const before = byName(gitopsObjects(pipeline('busybox:1.37', ['c'])));
    const after = byName(gitopsObjects(pipeline(image, items)));
    const names = [...new Set([...before.keys(), ...after.keys()])].filter(
      (name) => before.get(name) !== after.get(name),
    );
    return names.map((name) => name.replace(/[0-9a-f]{8}$/, '#')).sort();
  };
  expect(differing('busybox:1.37', ['c'])).toEqual([]);
  const plans = ['ConfigMap sweep-plan-#', 'ConfigMap sweep-plan-#'];
  expect(differing('busybox:1.38', ['c'])).toEqual([...plans, 'CronJob sweep']);
  const tables = ['ConfigMap sweep-rank-#', 'ConfigMap sweep-rank-#'];
  expect(differing('busybox:1.37', ['d'])).toEqual([...plans, ...tables, 'CronJob sweep']);
});
