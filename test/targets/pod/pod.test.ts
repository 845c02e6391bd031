import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/ir/scalar.ts';
import type { Task } from '../../../src/ir/task.ts';
import { argoItems } from '../../../src/targets/items/index.ts';
import { podMetadata, podSpec } from '../../../src/targets/pod/index.ts';
import { aCommand, aContainer, aPipeline, aTable, aTask } from '../../rig/ir.ts';
import { aPodContext } from './rig.ts';

const safeContainer = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
const safePod = { seccompProfile: { type: 'RuntimeDefault' } };

/** The spec of a pod with only these things about it. */
function plainPod(pod: JsonObject, container: JsonObject): JsonObject {
  return {
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: safePod,
    containers: [
      {
        name: 'main',
        image: 'busybox:1.36',
        command: ['true'],
        securityContext: safeContainer,
        terminationMessagePolicy: 'FallbackToLogsOnError',
        ...container,
      },
    ],
    ...pod,
  };
}

function mainOf(task: Task): JsonObject {
  return (podSpec(task, aPodContext())['containers'] as JsonObject[])[0] as JsonObject;
}

describe('the pod of a task', () => {
  it('is small and safe when the task says nothing', () => {
    expect(podSpec(aTask(), aPodContext())).toEqual(plainPod({}, {}));
  });

  it('carries all that a task can say', () => {
    const task = aTask({
      name: 'train',
      container: aContainer({
        image: 'ghcr.io/acme/train:1',
        imagePullPolicy: 'Always',
        workingDir: '/work',
        program: aCommand('train', [{ kind: 'parameter', parameter: 'lr' }]),
        environment: {
          variables: [
            { kind: 'text', name: 'DIR', text: [{ kind: 'mount', volume: 'data' }, '/x$(y)'] },
            { kind: 'text', name: 'LR', text: ['lr=', { kind: 'parameter', parameter: 'lr' }] },
            { kind: 'secret', name: 'TOKEN', object: 'hub', key: 'token', optional: true },
            { kind: 'configMap', name: 'MODE', object: 'settings', key: 'mode', optional: false },
            { kind: 'field', name: 'NODE', fieldPath: 'spec.nodeName' },
            { kind: 'resource', name: 'CPUS', resource: 'limits.cpu', divisor: '1' },
          ],
          from: [
            { kind: 'secret', object: 'keys', prefix: 'K_', optional: false },
            { kind: 'configMap', object: 'all', optional: true },
          ],
        },
        volumes: [
          {
            volume: 'data',
            source: { kind: 'persistentVolumeClaim', claim: 'shared', readOnly: false },
            mountPath: '/data',
            readOnly: false,
          },
          {
            volume: 'data',
            source: { kind: 'persistentVolumeClaim', claim: 'shared', readOnly: false },
            mountPath: '/raw',
            subPath: 'raw',
            readOnly: true,
          },
          {
            volume: 'settings',
            source: {
              kind: 'configMap',
              object: 'settings',
              optional: false,
              defaultMode: 0o400,
              items: [{ key: 'a', path: 'a.txt', mode: 0o444 }],
            },
            mountPath: '/etc/settings',
            readOnly: true,
          },
          {
            volume: 'keys',
            source: { kind: 'secret', object: 'keys', optional: true },
            mountPath: '/keys',
            readOnly: true,
          },
          { volume: 'tmp', source: { kind: 'emptyDir', sizeLimit: '1Gi' }, mountPath: '/scratch', readOnly: false },
          {
            volume: 'host',
            source: { kind: 'hostPath', path: '/mnt', type: 'Directory' },
            mountPath: '/mnt',
            readOnly: false,
          },
        ],
        security: {
          runAsUser: 1000,
          runAsGroup: 1000,
          runAsNonRoot: true,
          fsGroup: 2000,
          readOnlyRootFilesystem: true,
          allowPrivilegeEscalation: false,
          addCapabilities: ['IPC_LOCK'],
          dropCapabilities: ['ALL'],
          seccompProfile: 'Unconfined',
        },
      }),
      cpu: { request: '4', limit: '8' },
      memory: { request: '8Gi', limit: '16Gi' },
      ephemeralStorage: { limit: '10Gi' },
      serviceAccount: 'trainer',
      imagePullSecrets: ['registry'],
      terminationGraceSeconds: 120,
      timeoutSeconds: 3600,
      placement: {
        nodeSelector: { pool: 'a' },
        tolerations: [{ key: 'spot', operator: 'Equal', value: 'yes', effect: 'NoExecute' }],
        priority: { kind: 'class', name: 'batch' },
      },
    });
    expect(podSpec(task, aPodContext({ environment: [{ name: 'PODLOOM_INDEX', value: '7' }] }))).toEqual(
      plainPod(
        {
          serviceAccountName: 'trainer',
          imagePullSecrets: [{ name: 'registry' }],
          securityContext: { fsGroup: 2000, seccompProfile: { type: 'Unconfined' } },
          priorityClassName: 'batch',
          nodeSelector: { pool: 'a' },
          tolerations: [{ key: 'spot', operator: 'Equal', value: 'yes', effect: 'NoExecute' }],
          terminationGracePeriodSeconds: 120,
          activeDeadlineSeconds: 3600,
          volumes: [
            { name: 'data', persistentVolumeClaim: { claimName: 'shared' } },
            {
              name: 'settings',
              configMap: { name: 'settings', items: [{ key: 'a', path: 'a.txt', mode: 0o444 }], defaultMode: 0o400 },
            },
            { name: 'keys', secret: { secretName: 'keys', optional: true } },
            { name: 'tmp', emptyDir: { sizeLimit: '1Gi' } },
            { name: 'host', hostPath: { path: '/mnt', type: 'Directory' } },
          ],
        },
        {
          image: 'ghcr.io/acme/train:1',
          imagePullPolicy: 'Always',
          workingDir: '/work',
          command: ['train', '$(PODLOOM_PARAMETER_LR)'],
          env: [
            { name: 'PODLOOM_INDEX', value: '7' },
            { name: 'PODLOOM_PARAMETER_LR', value: '<PODLOOM_PARAMETER_LR>' },
            { name: 'DIR', value: '/data/x$$(y)' },
            { name: 'LR', value: 'lr=$(PODLOOM_PARAMETER_LR)' },
            { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'hub', key: 'token', optional: true } } },
            { name: 'MODE', valueFrom: { configMapKeyRef: { name: 'settings', key: 'mode' } } },
            { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
            { name: 'CPUS', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1' } } },
          ],
          envFrom: [{ prefix: 'K_', secretRef: { name: 'keys' } }, { configMapRef: { name: 'all', optional: true } }],
          resources: {
            requests: { cpu: '4', memory: '8Gi' },
            limits: { cpu: '8', memory: '16Gi', 'ephemeral-storage': '10Gi' },
          },
          volumeMounts: [
            { name: 'data', mountPath: '/data' },
            { name: 'data', mountPath: '/raw', subPath: 'raw', readOnly: true },
            { name: 'settings', mountPath: '/etc/settings', readOnly: true },
            { name: 'keys', mountPath: '/keys', readOnly: true },
            { name: 'tmp', mountPath: '/scratch' },
            { name: 'host', mountPath: '/mnt' },
          ],
          securityContext: {
            runAsUser: 1000,
            runAsGroup: 1000,
            runAsNonRoot: true,
            readOnlyRootFilesystem: true,
            allowPrivilegeEscalation: false,
            capabilities: { add: ['IPC_LOCK'], drop: ['ALL'] },
          },
        },
      ),
    );
  });

  it('asks for GPUs, goes where they are, tolerates their taint and has room in /dev/shm', () => {
    const task = aTask({ gpu: { count: 8, product: 'L40S' } });
    expect(podSpec(task, aPodContext())).toEqual(
      plainPod(
        {
          affinity: {
            nodeAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: {
                nodeSelectorTerms: [
                  { matchExpressions: [{ key: 'nvidia.com/gpu.product', operator: 'In', values: ['NVIDIA-L40S'] }] },
                ],
              },
            },
          },
          tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
          volumes: [{ name: 'podloom-shm', emptyDir: { medium: 'Memory' } }],
        },
        {
          resources: { requests: { 'nvidia.com/gpu': '8' }, limits: { 'nvidia.com/gpu': '8' } },
          volumeMounts: [{ name: 'podloom-shm', mountPath: '/dev/shm' }],
        },
      ),
    );
  });

  it('leaves /dev/shm as it is for one GPU, gives it the size that is asked for, and never takes the user’s mount away', () => {
    expect(podSpec(aTask({ gpu: { count: 1 } }), aPodContext())['volumes']).toBeUndefined();
    expect(podSpec(aTask({ shm: '2Gi' }), aPodContext())['volumes']).toEqual([
      { name: 'podloom-shm', emptyDir: { medium: 'Memory', sizeLimit: '2Gi' } },
    ]);
    const own = { volume: 'mine', source: { kind: 'emptyDir' }, mountPath: '/dev/shm/', readOnly: false } as const;
    const task = aTask({ gpu: { count: 4 }, container: aContainer({ volumes: [own] }) });
    expect(podSpec(task, aPodContext())['volumes']).toEqual([{ name: 'mine', emptyDir: {} }]);
  });

  it.each([{ operator: 'Exists' } as const, { key: 'nvidia.com/gpu', operator: 'Exists' } as const])(
    'adds no toleration to %o, which covers GPUs',
    (own) => {
      const task = aTask({ gpu: { count: 1 }, placement: { nodeSelector: {}, tolerations: [own] } });
      expect(podSpec(task, aPodContext())['tolerations']).toEqual([own]);
    },
  );

  it('does not say allowPrivilegeEscalation where the API server refuses it', () => {
    const { security } = aContainer();
    const privileged = aTask({ container: aContainer({ security: { ...security, privileged: true } }) });
    const admin = aTask({ container: aContainer({ security: { ...security, addCapabilities: ['SYS_ADMIN'] } }) });
    expect(mainOf(privileged)['securityContext']).toEqual({ privileged: true, capabilities: { drop: ['ALL'] } });
    expect(mainOf(admin)['securityContext']).toEqual({ capabilities: { add: ['SYS_ADMIN'], drop: ['ALL'] } });
  });

  it('mounts items and brings a shell where the image has none', () => {
    const task = aTask({ forEach: aTable(['a', 'b']), container: aContainer({ shell: 'injected' }) });
    const spec = podSpec(task, aPodContext({ pipeline: aPipeline({ busyboxImage: 'bb:1' }), tables: ['t-0', 't-1'] }));
    const bin = { name: 'podloom-bin', mountPath: '/podloom/bin' };
    expect(spec).toEqual(
      plainPod(
        {
          initContainers: [
            {
              name: 'podloom-busybox',
              image: 'bb:1',
              command: ['cp', '/bin/busybox', '/podloom/bin/busybox'],
              resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '100m', memory: '32Mi' } },
              volumeMounts: [bin],
              securityContext: {
                runAsUser: 65534,
                runAsNonRoot: true,
                readOnlyRootFilesystem: true,
                allowPrivilegeEscalation: false,
                capabilities: { drop: ['ALL'] },
              },
              terminationMessagePolicy: 'FallbackToLogsOnError',
            },
          ],
          volumes: [
            {
              name: 'podloom-items',
              projected: {
                defaultMode: 0o555,
                sources: [{ configMap: { name: 't-0' } }, { configMap: { name: 't-1' } }],
              },
            },
            { name: 'podloom-bin', emptyDir: {} },
          ],
        },
        {
          command: ['/podloom/bin/busybox', 'sh', '/podloom/items/run'],
          volumeMounts: [
            { name: 'podloom-items', mountPath: '/podloom/items', readOnly: true },
            { ...bin, readOnly: true },
          ],
        },
      ),
    );
  });

  it('leaves what holds items to the script', () => {
    const variables = [
      { kind: 'text', name: 'A', text: ['x-', { kind: 'item' }] },
      { kind: 'text', name: 'B', text: [{ kind: 'index' }] },
      { kind: 'text', name: 'C', text: ['c'] },
    ] as const;
    const task = aTask({ forEach: aTable(['a']), container: aContainer({ environment: { variables, from: [] } }) });
    expect(mainOf(task)['env']).toEqual([{ name: 'C', value: 'c' }]);
  });
});

describe('outputs', () => {
  const one = [{ kind: 'value', name: 'best-lr', type: 'number' }] as const;
  const two = [...one, { kind: 'list', name: 'shards', shape: { kind: 'scalar' }, maxItems: 10 }] as const;
  const entries = [
    { name: 'PODLOOM_OUTPUT_BEST_LR', value: '/podloom/outputs/best-lr' },
    { name: 'PODLOOM_OUTPUT_SHARDS', value: '/podloom/outputs/shards' },
  ];

  it('one alone is the termination message of a Job', () => {
    const main = mainOf(aTask({ outputs: one }));
    expect(main).toMatchObject({ terminationMessagePath: '/podloom/outputs/best-lr', env: entries.slice(0, 1) });
    expect(main['volumeMounts']).toBeUndefined();
  });

  it('several, and all of Argo’s, are files of a folder', () => {
    const folder = { name: 'podloom-outputs', mountPath: '/podloom/outputs' };
    const several = podSpec(aTask({ outputs: two }), aPodContext({ tables: ['t'] }));
    expect(several).toMatchObject({
      containers: [{ env: entries, volumeMounts: [{ name: 'podloom-items' }, folder] }],
    });
    const argo = podSpec(aTask({ outputs: one }), aPodContext({ items: argoItems }));
    expect(argo).toMatchObject({
      containers: [{ env: entries.slice(0, 1), volumeMounts: [folder] }],
      volumes: [{ name: 'podloom-outputs', emptyDir: {} }],
    });
    expect((argo['containers'] as JsonObject[])[0]).not.toHaveProperty('terminationMessagePath');
  });
});

describe('pods that stand apart', () => {
  const labels = { 'podloom.dev/pipeline': 'example', 'podloom.dev/task': 'serve' };
  const placed = (placement: Partial<Task['placement']>) =>
    aTask({ name: 'serve', placement: { nodeSelector: {}, tolerations: [], ...placement } });

  it.each([
    ['nodes', 'kubernetes.io/hostname'],
    ['zones', 'topology.kubernetes.io/zone'],
  ] as const)('spread over %s by %s', (spread, topologyKey) => {
    expect(podSpec(placed({ spread }), aPodContext())['topologySpreadConstraints']).toEqual([
      {
        maxSkew: 1,
        topologyKey,
        whenUnsatisfiable: 'DoNotSchedule',
        nodeTaintsPolicy: 'Honor',
        labelSelector: { matchLabels: labels },
        matchLabelKeys: ['podloom.dev/run'],
      },
    ]);
  });

  it('keep away from the pods of the same run: by key from Kubernetes 1.31, by the label itself before', () => {
    const task = placed({ antiAffinity: { mode: 'required', topology: 'nodes' } });
    const at = (kubernetes: string) => {
      const context = aPodContext();
      return podSpec(task, { ...context, profile: { ...context.profile, kubernetes } })['affinity'];
    };
    const term = { topologyKey: 'kubernetes.io/hostname' };
    const required = (pods: JsonObject) => ({
      podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ ...pods, ...term }] },
    });
    expect(at('1.31')).toEqual(
      required({ labelSelector: { matchLabels: labels }, matchLabelKeys: ['podloom.dev/run'] }),
    );
    expect(at('1.30')).toEqual(required({ labelSelector: { matchLabels: { ...labels, 'podloom.dev/run': 'r1' } } }));
  });

  it('prefer to keep away from pods with the user’s labels', () => {
    const antiAffinity = { mode: 'preferred', topology: 'zones', selector: { app: 'db' } } as const;
    expect(podSpec(placed({ antiAffinity }), aPodContext())['affinity']).toEqual({
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          {
            weight: 100,
            podAffinityTerm: {
              labelSelector: { matchLabels: { app: 'db' } },
              topologyKey: 'topology.kubernetes.io/zone',
            },
          },
        ],
      },
    });
  });

  it('carry the labels that they are selected by, and no label of the user’s takes their place', () => {
    const task = aTask({
      name: 'serve',
      podLabels: { app: 'x', 'podloom.dev/task': 'other' },
      podAnnotations: { 'acme.io/team': 'vision' },
    });
    expect(podMetadata(task, aPodContext())).toEqual({
      labels: { app: 'x', ...labels, 'podloom.dev/run': 'r1' },
      annotations: { 'acme.io/team': 'vision' },
    });
  });
});

describe('the patch of the pod', () => {
  it('comes last and reaches the container by its name', () => {
    const podSpecPatch = {
      hostNetwork: true,
      enableServiceLinks: null,
      containers: [
        { name: 'main', env: [{ name: 'A', value: '2' }], tty: true },
        { name: 'side', image: 's:1' },
      ],
    };
    const variables = [{ kind: 'text', name: 'A', text: ['1'] }] as const;
    const task = aTask({
      container: aContainer({ environment: { variables, from: [] } }),
      patches: { podSpec: podSpecPatch },
    });
    const { enableServiceLinks: _, ...plain } = plainPod({}, {});
    const main = (plain['containers'] as JsonObject[])[0] as JsonObject;
    expect(podSpec(task, aPodContext())).toEqual({
      ...plain,
      hostNetwork: true,
      containers: [
        { ...main, env: [{ name: 'A', value: '2' }], tty: true },
        { name: 'side', image: 's:1' },
      ],
    });
  });
});
