import { argoTask, lines, type Row, type Rows, task } from './refused-rows.ts';

const text = (value: object): string => JSON.stringify(value);
/** Patches of the pod's spec, of its main container, of the Job and of its spec. Most break rules between fields. */
const spec = (patch: object, code = 'PL328'): Row => task(`podSpecPatch: ${text(patch)}`, code);
const container = (patch: object, code = 'PL328'): Row => spec({ containers: [{ name: 'main', ...patch }] }, code);
const job = (patch: object, code = 'PL328'): Row => task(`jobPatch: ${text(patch)}`, code);
const jobSpec = (patch: object, code = 'PL328'): Row => job({ spec: patch }, code);
/** Of the Argo template. */
const argo = (patch: object, code = 'PL328'): Row => argoTask(`argoTemplatePatch: ${text(patch)}`, code);
/** An Argo object of the user's own. */
const workflow = (spec: object, code = 'PL328'): Row =>
  lines(
    `new Task(p, 't', { command: ['x'] });
new ApiObject(p, 'own', { apiVersion: 'argoproj.io/v1alpha1', kind: 'WorkflowTemplate', metadata: { name: 'own' }, ...${text({ spec })} });`,
    code,
    5,
    { target: 'argo' },
  );
const run = { name: 'run', container: { image: 'a', command: ['x'] } };
const dag = (...tasks: readonly object[]) => ({
  entrypoint: 'main',
  templates: [{ name: 'main', dag: { tasks } }, run],
});

/** Damaged patches, the raw escape hatches, by what is wrong. */
export const patches: Rows = {
  'mount of no volume': container({ volumeMounts: [{ name: 'nope', mountPath: '/x' }] }),
  'mount path with :': container({ volumeMounts: [{ name: 'a', mountPath: '/a:b' }] }),
  'subPath up': spec({
    volumes: [{ name: 'a', emptyDir: {} }],
    containers: [{ name: 'main', volumeMounts: [{ name: 'a', mountPath: '/x', subPath: '../b' }] }],
  }),
  'volume of two kinds': spec({ volumes: [{ name: 'a', emptyDir: {}, hostPath: { path: '/x' } }] }),
  'volume name': spec({ volumes: [{ name: 'A_B', emptyDir: {} }] }),
  'hostPath ..': spec({ volumes: [{ name: 'a', hostPath: { path: '/a/../b' } }] }),
  'hostPath type': spec({ volumes: [{ name: 'a', hostPath: { path: '/a', type: 'Folder' } }] }, 'PL311'),
  'emptyDir negative size': spec({ volumes: [{ name: 'a', emptyDir: { sizeLimit: '-1' } }] }),
  'configMap mode': spec({ volumes: [{ name: 'a', configMap: { name: 'x', defaultMode: 1000 } }] }),
  'configMap item path': spec({
    volumes: [{ name: 'a', configMap: { name: 'x', items: [{ key: 'k', path: '../x' }] } }],
  }),
  'secret without name': spec({ volumes: [{ name: 'a', secret: {} }] }),
  'projected two of same path': spec({
    volumes: [
      {
        name: 'a',
        projected: {
          sources: [
            { configMap: { name: 'x', items: [{ key: 'k', path: 'p' }] } },
            { secret: { name: 'y', items: [{ key: 'k', path: 'p' }] } },
          ],
        },
      },
    ],
  }),
  'projected source of two kinds': spec({
    volumes: [{ name: 'a', projected: { sources: [{ configMap: { name: 'x' }, secret: { name: 'y' } }] } }],
  }),
  'projected token expiry': spec({
    volumes: [{ name: 'a', projected: { sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 60 } }] } }],
  }),
  'nfs relative': spec({ volumes: [{ name: 'a', nfs: { server: 'x', path: 'rel' } }] }),
  'env name': container({ env: [{ name: 'a=b', value: 'x' }] }),
  'env value and valueFrom': container({
    env: [{ name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
  }),
  'env two sources': container({
    env: [
      { name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' }, secretKeyRef: { name: 'x', key: 'y' } } },
    ],
  }),
  'env fieldPath': container({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.replicas' } } }] }),
  'env resource': container({ env: [{ name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.gpu' } } }] }),
  'env divisor': container({
    env: [{ name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '3' } } }],
  }),
  'env empty valueFrom': container({ env: [{ name: 'A', valueFrom: {} }] }),
  'env secret key': container({ env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'x', key: 'a b' } } }] }),
  'envFrom nothing': container({ envFrom: [{ prefix: 'A' }] }),
  'envFrom both': container({ envFrom: [{ secretRef: { name: 'x' }, configMapRef: { name: 'x' } }] }),
  'port 0': container({ ports: [{ containerPort: 0 }] }),
  'port 70000': container({ ports: [{ containerPort: 70000 }] }),
  'port name': container({ ports: [{ containerPort: 1, name: 'TooLongForAPortName' }] }),
  'port name twice': container({
    ports: [
      { containerPort: 1, name: 'a' },
      { containerPort: 2, name: 'a' },
    ],
  }),
  'port protocol': container({ ports: [{ containerPort: 1, protocol: 'HTTP' }] }, 'PL311'),
  'hostPort mismatch hostNetwork': spec({
    hostNetwork: true,
    containers: [{ name: 'main', ports: [{ containerPort: 1, hostPort: 2 }] }],
  }),
  'probe without handler': container({ livenessProbe: { periodSeconds: 5 } }),
  'probe two handlers': container({ livenessProbe: { exec: { command: ['x'] }, tcpSocket: { port: 1 } } }),
  'liveness successThreshold': container({ livenessProbe: { exec: { command: ['x'] }, successThreshold: 2 } }),
  'probe port name': container({ readinessProbe: { httpGet: { port: 'a_b', path: '/' } } }),
  'probe negative': container({ readinessProbe: { exec: { command: ['x'] }, timeoutSeconds: -1 } }),
  'probe exec empty': container({ readinessProbe: { exec: { command: [] } } }),
  'lifecycle without handler': container({ lifecycle: { preStop: {} } }),
  'limit below request': container({ resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } }),
  'request of gpu without limit': container({ resources: { requests: { 'nvidia.com/gpu': 1 } } }),
  'gpu differ': container({ resources: { requests: { 'nvidia.com/gpu': 1 }, limits: { 'nvidia.com/gpu': 2 } } }),
  'fraction of a gpu': container({ resources: { limits: { 'nvidia.com/gpu': '500m' } } }),
  'unknown resource': container({ resources: { limits: { gpu: 1 } } }),
  'bad quantity': container({ resources: { limits: { memory: '8Gb' } } }, 'PL311'),
  'negative quantity': container({ resources: { limits: { memory: '-1' } } }),
  'claims unknown': container({ resources: { claims: [{ name: 'x' }] } }),
  'pull policy': container({ imagePullPolicy: 'Sometimes' }, 'PL311'),
  'message policy': container({ terminationMessagePolicy: 'None' }, 'PL311'),
  'image empty': container({ image: '' }),
  'restart Always': spec({ restartPolicy: 'Always' }, 'PL264'),
  'container without image': spec({ containers: [{ name: 'side' }] }),
  'container name': spec({ containers: [{ name: 'Side_Car', image: 'x' }] }),
  'init of same name': spec({ initContainers: [{ name: 'main', image: 'x' }] }),
  'init with liveness': spec({
    initContainers: [{ name: 'i', image: 'x', livenessProbe: { exec: { command: ['x'] } } }],
  }),
  'init restartPolicy': spec({ initContainers: [{ name: 'i', image: 'x', restartPolicy: 'Sometimes' }] }),
  dnsPolicy: spec({ dnsPolicy: 'Mine' }, 'PL311'),
  'dnsPolicy None without servers': spec({ dnsPolicy: 'None' }),
  'dns search': spec({ dnsConfig: { searches: ['a b'] } }),
  nameserver: spec({ dnsConfig: { nameservers: ['x'] } }),
  'hostAliases ip': spec({ hostAliases: [{ ip: 'x', hostnames: ['a'] }] }),
  'hostAliases name': spec({ hostAliases: [{ ip: '10.0.0.1', hostnames: ['A b'] }] }),
  hostname: spec({ hostname: 'A.b' }),
  subdomain: spec({ subdomain: 'A.b' }),
  'toleration operator': spec({ tolerations: [{ key: 'a', operator: 'In' }] }, 'PL311'),
  'toleration exists value': spec({ tolerations: [{ key: 'a', operator: 'Exists', value: 'x' }] }),
  'toleration effect': spec({ tolerations: [{ key: 'a', operator: 'Exists', effect: 'Never' }] }, 'PL311'),
  'toleration seconds': spec({
    tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoSchedule', tolerationSeconds: 5 }],
  }),
  'toleration no key': spec({ tolerations: [{ operator: 'Equal', value: 'x' }] }),
  'node affinity operator': spec(
    {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Is', values: ['x'] }] }],
          },
        },
      },
    },
    'PL311',
  ),
  'node affinity In without values': spec({
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In' }] }],
        },
      },
    },
  }),
  'node affinity Exists with values': spec({
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Exists', values: ['x'] }] }],
        },
      },
    },
  }),
  'node affinity no terms': spec({
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } } },
  }),
  'preferred weight 0': spec({
    affinity: {
      nodeAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 0, preference: { matchExpressions: [{ key: 'a', operator: 'Exists' }] } },
        ],
      },
    },
  }),
  'preferred weight 200': spec({
    affinity: {
      podAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 200, podAffinityTerm: { topologyKey: 'a', labelSelector: {} } },
        ],
      },
    },
  }),
  'podAffinity no topologyKey': spec({
    affinity: {
      podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: {}, topologyKey: '' }] },
    },
  }),
  'podAffinity selector operator': spec({
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey: 'a', labelSelector: { matchExpressions: [{ key: 'a', operator: 'Gt', values: ['1'] }] } },
        ],
      },
    },
  }),
  'podAffinity bad label': spec({
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey: 'a', labelSelector: { matchLabels: { 'a b': 'c' } } },
        ],
      },
    },
  }),
  'spread maxSkew 0': spec({
    topologySpreadConstraints: [
      { maxSkew: 0, topologyKey: 'a', whenUnsatisfiable: 'DoNotSchedule', labelSelector: {} },
    ],
  }),
  'spread when': spec(
    { topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'a', whenUnsatisfiable: 'Never', labelSelector: {} }] },
    'PL311',
  ),
  'spread no key': spec({
    topologySpreadConstraints: [{ maxSkew: 1, topologyKey: '', whenUnsatisfiable: 'DoNotSchedule', labelSelector: {} }],
  }),
  'spread minDomains': spec({
    topologySpreadConstraints: [
      { maxSkew: 1, minDomains: 2, topologyKey: 'a', whenUnsatisfiable: 'ScheduleAnyway', labelSelector: {} },
    ],
  }),
  'spread policy': spec(
    {
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: 'a',
          nodeTaintsPolicy: 'No',
          whenUnsatisfiable: 'ScheduleAnyway',
          labelSelector: {},
        },
      ],
    },
    'PL311',
  ),
  'security privileged without escalation': container({
    securityContext: { privileged: true, allowPrivilegeEscalation: false },
  }),
  'runAsUser negative': container({ securityContext: { runAsUser: -1 } }),
  'seccomp localhost without profile': container({ securityContext: { seccompProfile: { type: 'Localhost' } } }),
  'seccomp type': spec({ securityContext: { seccompProfile: { type: 'Default' } } }, 'PL311'),
  procMount: container({ securityContext: { procMount: 'All' } }, 'PL311'),
  'sysctl name': spec({ securityContext: { sysctls: [{ name: 'A B', value: 'x' }] } }),
  fsGroupChangePolicy: spec({ securityContext: { fsGroupChangePolicy: 'Never' } }, 'PL311'),
  'hostPID with share': spec({ hostPID: true, shareProcessNamespace: true }),
  'hostUsers with hostNetwork': spec({ hostUsers: false, hostNetwork: true }),
  'deadline 0': spec({ activeDeadlineSeconds: 0 }),
  'deadline huge': spec({ activeDeadlineSeconds: 3000000000 }),
  'nodeName bad': spec({ nodeName: 'A B' }),
  nodeSelector: spec({ nodeSelector: { 'a b': 'c' } }),
  'nodeSelector value': spec({ nodeSelector: { a: 'b c' } }),
  serviceAccountName: spec({ serviceAccountName: 'A B' }),
  'schedulingGates twice': spec({ schedulingGates: [{ name: 'a b' }] }),
  priorityClassName: spec({ priorityClassName: 'A B' }),
  preemptionPolicy: spec({ preemptionPolicy: 'Always' }, 'PL311'),
  runtimeClassName: spec({ runtimeClassName: 'A B' }),
  readinessGates: spec({ readinessGates: [{ conditionType: 'a b' }] }),
  'job backoffLimit -1': jobSpec({ backoffLimit: -1 }),
  'job completions -1': jobSpec({ completions: -1 }),
  'job parallelism -1': jobSpec({ parallelism: -1 }),
  'job completionMode': jobSpec({ completionMode: 'Any' }, 'PL311'),
  'job backoffLimitPerIndex not indexed': jobSpec({ backoffLimitPerIndex: 1 }),
  'job maxFailedIndexes without': jobSpec({ completionMode: 'Indexed', completions: 2, maxFailedIndexes: 1 }),
  'job maxFailedIndexes above completions': jobSpec({
    completionMode: 'Indexed',
    completions: 2,
    backoffLimitPerIndex: 1,
    maxFailedIndexes: 3,
  }),
  'job deadline -1': jobSpec({ activeDeadlineSeconds: -1 }),
  'job ttl -1': jobSpec({ ttlSecondsAfterFinished: -1 }),
  'job parallelism 200000 indexed': jobSpec({ completionMode: 'Indexed', completions: 200000, parallelism: 200000 }),
  'job failure policy action': jobSpec(
    { podFailurePolicy: { rules: [{ action: 'Retry', onExitCodes: { operator: 'In', values: [1] } }] } },
    'PL311',
  ),
  'job failure policy FailIndex without retries of indexes': jobSpec({
    podFailurePolicy: { rules: [{ action: 'FailIndex', onExitCodes: { operator: 'In', values: [1] } }] },
  }),
  'job failure policy 0 In': jobSpec({
    podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [0] } }] },
  }),
  'job failure policy unsorted': jobSpec({
    podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [2, 1] } }] },
  }),
  'job failure policy twice': jobSpec({
    podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [1, 1] } }] },
  }),
  'job failure policy container': jobSpec({
    podFailurePolicy: {
      rules: [{ action: 'FailJob', onExitCodes: { containerName: 'nope', operator: 'In', values: [1] } }],
    },
  }),
  'job failure policy both': jobSpec({
    podFailurePolicy: {
      rules: [
        {
          action: 'FailJob',
          onExitCodes: { operator: 'In', values: [1] },
          onPodConditions: [{ type: 'X', status: 'True' }],
        },
      ],
    },
  }),
  'job failure policy neither': jobSpec({ podFailurePolicy: { rules: [{ action: 'FailJob' }] } }),
  'job failure policy status': jobSpec({
    podFailurePolicy: { rules: [{ action: 'FailJob', onPodConditions: [{ type: 'X', status: 'Yes' }] }] },
  }),
  'job failure policy 21 rules': jobSpec({
    podFailurePolicy: {
      rules: Array.from({ length: 21 }, (_, i) => ({
        action: 'FailJob',
        onExitCodes: { operator: 'In', values: [i + 1] },
      })),
    },
  }),
  'job failure policy 256 values': jobSpec({
    podFailurePolicy: {
      rules: [
        { action: 'FailJob', onExitCodes: { operator: 'In', values: Array.from({ length: 256 }, (_, i) => i + 1) } },
      ],
    },
  }),
  'job successPolicy not indexed': jobSpec({ successPolicy: { rules: [{ succeededCount: 1 }] } }),
  'job selector': jobSpec({ selector: { matchLabels: { a: 'b' } } }),
  'job manualSelector': jobSpec({ manualSelector: true }),
  'job managedBy': jobSpec({ managedBy: 'not a domain' }),
  'job podReplacementPolicy': jobSpec({
    podReplacementPolicy: 'TerminatingOrFailed',
    podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [1] } }] },
  }),
  'job label value': job({ metadata: { labels: { a: 'b c' } } }, 'PL320'),
  'job name': job({ metadata: { name: 'A B' } }, 'PL321'),
  'Argo: two kinds of template': argo({ suspend: {} }),
  'Argo: an input with a space in its name': argo({ inputs: { parameters: [{ name: 'a b', value: 'x' }] } }, 'PL311'),
  'Argo: an input twice': argo({
    inputs: {
      parameters: [
        { name: 'a', value: 'x' },
        { name: 'a', value: 'y' },
      ],
    },
  }),
  'Argo: an input that is not there': argo({ container: { args: ['{{inputs.parameters.nope}}'] } }),
  'Argo: a timeout without a unit': argo({ timeout: '30' }),
  'Argo: a policy of retries': argo({ retryStrategy: { limit: '1', retryPolicy: 'Sometimes' } }, 'PL311'),
  'Argo: an unknown field': argo({ retries: 3 }, 'PL310'),
  'Argo: a mount of no volume': argo({ container: { volumeMounts: [{ name: 'nope', mountPath: '/x' }] } }),
  'Argo: a limit below its request': argo({
    container: { resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } },
  }),
  'Argo: a label value with a space': argo({ metadata: { labels: { a: 'b c' } } }, 'PL320'),
  'Argo: a sidecar without an image name': argo({ sidecars: [{ name: 'Side_Car', image: 'x' }] }),
  'Argo: an unknown entrypoint': workflow({ entrypoint: 'nope', templates: [run] }),
  'Argo: an unknown exit handler': workflow({ entrypoint: 'run', onExit: 'nope', templates: [run] }),
  'Argo: two templates of one name': workflow({ entrypoint: 'run', templates: [run, run] }),
  'Argo: an unknown template': workflow(dag({ name: 'a', template: 'nope' })),
  'Argo: two tasks of one name': workflow(dag({ name: 'a', template: 'run' }, { name: 'a', template: 'run' })),
  'Argo: an unknown task': workflow(dag({ name: 'a', template: 'run', depends: 'b.Succeeded' })),
  'Argo: depends and dependencies': workflow(
    dag({ name: 'a', template: 'run' }, { name: 'b', template: 'run', depends: 'a', dependencies: ['a'] }),
  ),
  'Argo: a task with a space in its name': workflow(dag({ name: 'a b', template: 'run' }), 'PL311'),
  'Argo: two kinds of loop': workflow(
    dag({ name: 'a', template: 'run', withItems: [1], withSequence: { count: '2' } }),
  ),
  'Argo: a template without anything to run': workflow({ entrypoint: 'run', templates: [{ name: 'run' }] }),
};
