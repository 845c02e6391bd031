import type { Json, JsonObject } from '../../src/ir/scalar.ts';
import { configMap, job, workflowTemplate } from './helpers.ts';

type Mutable = Json[] | { [key: string]: Json };

const podSpec = (restartPolicy: string): JsonObject => ({
  restartPolicy,
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { a: 'b' } } },
      ],
    },
  },
  tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
  topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }],
  securityContext: { runAsNonRoot: false, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [
    {
      name: 'main',
      image: 'busybox:1.37',
      imagePullPolicy: 'IfNotPresent',
      command: ['sh', '-c', 'true'],
      env: [
        { name: 'A', value: 'b' },
        { name: 'C', valueFrom: { secretKeyRef: { name: 's', key: 'k', optional: true } } },
      ],
      ports: [{ containerPort: 80, protocol: 'TCP' }],
      livenessProbe: { httpGet: { path: '/', port: 'http' }, periodSeconds: 5 },
      resources: { limits: { cpu: 4, memory: '8Gi', 'nvidia.com/gpu': '1' }, requests: { cpu: '500m' } },
      volumeMounts: [{ name: 'data', mountPath: '/data', readOnly: true }],
    },
  ],
  volumes: [
    { name: 'data', persistentVolumeClaim: { claimName: 'data' } },
    { name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: '64Gi' } },
    {
      name: 'items',
      projected: { defaultMode: 420, sources: [{ configMap: { name: 'items', items: [{ key: '0', path: '0' }] } }] },
    },
  ],
});

const object = (apiVersion: string, kind: string, rest: JsonObject): JsonObject => ({
  apiVersion,
  kind,
  metadata: { name: 'a', namespace: 'ml', labels: { a: 'b' } },
  ...rest,
});
const selector = { matchLabels: { a: 'b' } };
const podTemplate = (restartPolicy: string): JsonObject => ({
  metadata: { labels: { a: 'b' } },
  spec: podSpec(restartPolicy),
});

/** Valid objects of most kinds that podloom writes. */
const good: readonly JsonObject[] = [
  job({
    completionMode: 'Indexed',
    completions: 10,
    backoffLimitPerIndex: 2,
    maxFailedIndexes: 1,
    template: podTemplate('Never'),
  }),
  job({
    podFailurePolicy: {
      rules: [
        { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
        { action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } },
      ],
    },
  }),
  object('batch/v1', 'CronJob', {
    spec: {
      schedule: '0 3 * * *',
      timeZone: 'Etc/UTC',
      concurrencyPolicy: 'Forbid',
      suspend: true,
      jobTemplate: { spec: { template: podTemplate('Never') } },
    },
  }),
  configMap({ a: 'b', c: '1' }),
  object('v1', 'Secret', { type: 'Opaque', data: { a: 'aGVsbG8=' }, stringData: { b: 'c' } }),
  object('v1', 'Service', {
    spec: {
      clusterIP: 'None',
      selector: { a: 'b' },
      ports: [{ port: 80, targetPort: 'http' }],
      publishNotReadyAddresses: true,
    },
  }),
  object('v1', 'ServiceAccount', { automountServiceAccountToken: false, imagePullSecrets: [{ name: 's' }] }),
  object('v1', 'PersistentVolumeClaim', {
    spec: { accessModes: ['ReadWriteMany'], resources: { requests: { storage: '1Ti' } } },
  }),
  object('v1', 'Pod', { spec: podSpec('Never') }),
  object('v1', 'Namespace', {}),
  object('apps/v1', 'Deployment', {
    spec: {
      replicas: 2,
      selector,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } },
      template: podTemplate('Always'),
    },
  }),
  object('apps/v1', 'DaemonSet', { spec: { selector, template: podTemplate('Always') } }),
  object('apps/v1', 'StatefulSet', {
    spec: {
      selector,
      serviceName: 'a',
      template: podTemplate('Always'),
      volumeClaimTemplates: [{ metadata: { name: 'd' }, spec: { accessModes: ['ReadWriteOnce'] } }],
    },
  }),
  object('rbac.authorization.k8s.io/v1', 'Role', {
    rules: [{ apiGroups: ['batch'], resources: ['jobs'], verbs: ['create', 'get'] }],
  }),
  object('rbac.authorization.k8s.io/v1', 'RoleBinding', {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'a' },
    subjects: [{ kind: 'ServiceAccount', name: 'a' }],
  }),
  object('scheduling.k8s.io/v1', 'PriorityClass', {
    value: 1000,
    globalDefault: false,
    preemptionPolicy: 'Never',
    description: 'high',
  }),
  object('policy/v1', 'PodDisruptionBudget', { spec: { minAvailable: '50%', selector } }),
  object('networking.k8s.io/v1', 'NetworkPolicy', {
    spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ ports: [{ port: 80, protocol: 'TCP' }] }] },
  }),
  workflowTemplate(
    {
      dag: {
        tasks: [
          {
            name: 'a',
            template: 'b',
            depends: '',
            withSequence: { count: '10' },
            arguments: { parameters: [{ name: 'i', value: '{{item}}' }] },
          },
        ],
      },
    },
    { parallelism: 3, activeDeadlineSeconds: 60, volumes: [{ name: 'd', emptyDir: {} }] },
  ),
  workflowTemplate({
    inputs: { parameters: [{ name: 'i', default: 1, enum: ['1', '2'] }] },
    outputs: {
      parameters: [{ name: 'o', valueFrom: { path: '/tmp/o', default: '' } }],
      artifacts: [{ name: 'f', path: '/f', s3: { key: 'f' } }],
    },
    retryStrategy: { limit: '3', retryPolicy: 'OnError', backoff: { duration: '10s', factor: '2' } },
    container: { image: 'busybox', resources: { limits: { cpu: 1 } } },
    sidecars: [{ name: 's', image: 'busybox' }],
  }),
  workflowTemplate(
    {
      resource: {
        action: 'create',
        setOwnerReference: true,
        manifest: '{}',
        successCondition: 'status.succeeded == 1',
      },
    },
    { podGC: { strategy: 'OnPodSuccess' } },
  ),
  workflowTemplate({
    steps: [
      [{ name: 'a', template: 'b', when: "'a' == 'b'" }],
      [{ name: 'c', template: 'b', withItems: [1, 'two', { three: 3 }] }],
    ],
  }),
  object('argoproj.io/v1alpha1', 'CronWorkflow', {
    spec: {
      schedules: ['0 3 * * *'],
      timezone: 'Etc/UTC',
      concurrencyPolicy: 'Forbid',
      workflowSpec: { workflowTemplateRef: { name: 'a' } },
    },
  }),
];

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const OTHER: readonly Json[] = ['podloom', '12', 12, -1, 1.5, 3_000_000_000, true, null, [], {}, ['a'], { a: 'b' }];

/** One change at a place anywhere in the object but its apiVersion and kind: a field more, a field less, or another value. */
function damage(original: JsonObject, random: () => number): JsonObject {
  const copy = structuredClone(original) as { [key: string]: Json };
  const places: [Mutable, string | number][] = [];
  const collect = (parent: Mutable): void => {
    for (const key of Array.isArray(parent) ? parent.keys() : Object.keys(parent)) {
      if (parent === copy && (key === 'apiVersion' || key === 'kind')) continue;
      places.push([parent, key]);
      const child = (parent as { [key: string | number]: Json })[key];
      if (typeof child === 'object' && child !== null) collect(child as Mutable);
    }
  };
  collect(copy);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const [parent, key] = pick(places);
  const record = parent as { [key: string | number]: Json };
  const choice = random();
  if (choice < 0.3 && !Array.isArray(parent)) record[`${key}x`] = pick(OTHER);
  else if (choice < 0.5 && !Array.isArray(parent)) delete record[key];
  else record[key] = pick(OTHER);
  return copy;
}

/** All good objects, and `damaged` ones made from them, always the same. */
export function corpus(damaged: number): readonly JsonObject[] {
  const random = generator(20_250);
  return [
    ...good,
    ...Array.from({ length: damaged }, (_, index) => damage(good[index % good.length] as JsonObject, random)),
  ];
}
