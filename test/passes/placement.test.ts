import { describe, expect, test } from 'vitest';
import type { NodePool, Profile } from '../../src/ir/profile.ts';
import type { Placement, Task } from '../../src/ir/task.ts';
import { aContainer } from '../rig/ir.ts';
import { findingsOfTask } from './check.ts';

const here = 'error example/task:';
const h100: NodePool = {
  count: 2,
  zone: 'a',
  cpu: '96',
  memory: '1Ti',
  gpu: { product: 'NVIDIA-H100-80GB-HBM3', count: 8 },
  taints: [{ key: 'nvidia.com/gpu', effect: 'NoSchedule' }],
};
const small: NodePool = { count: 4, zone: 'b', cpu: '8', memory: '32Gi', labels: { pool: 'cpu' } };

function lab(...nodes: NodePool[]): Profile {
  return { name: 'lab', kubernetes: '1.33', argo: '4.0', nodes };
}
function placed(overrides: Partial<Placement>): Placement {
  return { nodeSelector: {}, tolerations: [], ...overrides };
}
function findings(task: Partial<Task>, ...nodes: NodePool[]): string[] {
  return findingsOfTask(task, lab(...(nodes.length === 0 ? [h100, small] : nodes)));
}

describe('amounts', () => {
  test('requests above limits', () => {
    expect(
      findingsOfTask({ memory: { request: '8Gi', limit: '8G' }, cpu: { request: '1500m', limit: '1.5' } }),
    ).toEqual([
      `PL160 ${here} \`memory\` requests 8Gi, which is more than its limit of 8G
  help: Raise the limit or lower the request.`,
    ]);
  });

  test('that make no sense', () => {
    expect(findingsOfTask({ memory: { request: '512m' }, cpu: { request: '-1' } })).toEqual([
      `PL168 ${here} \`cpu\` is -1, which is negative
  help: Write an amount above 0.`,
      `PL168 ${here} \`memory\` is 512m, which is not a whole number of bytes
  help: Write \`Mi\` for mebibytes; \`m\` means thousandths.`,
    ]);
  });

  test('memory volumes above the memory limit', () => {
    const source = { kind: 'emptyDir', medium: 'Memory', sizeLimit: '10Gi' } as const;
    const volumes = [{ volume: 'cache', source, mountPath: '/cache', readOnly: false }];
    const help = '\n  help: Raise the memory limit or make the volume smaller.';
    expect(findingsOfTask({ memory: { limit: '8Gi' }, shm: '16Gi', container: aContainer({ volumes }) })).toEqual([
      `PL169 warning example/task: \`shm\` may grow to 16Gi of memory, but the memory limit is 8Gi${help}`,
      `PL169 warning example/task: \`volumes.cache.sizeLimit\` may grow to 10Gi of memory, but the memory limit is 8Gi${help}`,
    ]);
    expect(findingsOfTask({ memory: { limit: '16Gi' }, shm: '16Gi', container: aContainer({ volumes }) })).toEqual([]);
  });
});

describe('nodes', () => {
  test('nothing is said without nodes', () => {
    expect(findingsOfTask({ gpu: { count: 64, product: 'X' }, memory: { request: '1Pi' }, replicas: 100 })).toEqual([]);
  });

  test('GPUs that no node has', () => {
    expect(findings({ gpu: { count: 16, product: 'H100' } })).toEqual([
      `PL162 ${here} \`gpu\` asks for 16 H100 GPUs on one node, but no node of the profile "lab" has more than 8
  help: Ask for at most 8 for each pod, and use \`replicas\` for more.`,
    ]);
    expect(findings({ gpu: { count: 1 } }, small)).toEqual([
      `PL162 ${here} \`gpu\` asks for 1 GPU on one node, but no node of the profile "lab" has more than 0
  help: Choose a profile, a node selector or a product with such GPUs.`,
    ]);
    expect(findings({ gpu: { count: 1, product: 'A100' } })).toEqual([
      `PL163 ${here} no node of the profile "lab" has a GPU "A100"
  help: Its GPUs are NVIDIA-H100-80GB-HBM3.`,
    ]);
    expect(findings({ gpu: { count: 8, product: 'H100' } })).toEqual([]);
  });

  test('requests above what any node has', () => {
    expect(findings({ cpu: { request: '9' }, memory: { limit: '33Gi' } })).toEqual([
      `PL166 ${here} \`cpu\` requests 9, but no node of the profile "lab" that may run it has more than 8
  help: Request at most 8.`,
      `PL166 ${here} \`memory\` requests 33Gi, but no node of the profile "lab" that may run it has more than 32Gi
  help: Request at most 32Gi.`,
    ]);
    expect(findings({ cpu: { request: '9' }, gpu: { count: 1 } })).toEqual([]);
    expect(findings({ cpu: { request: '9' } }, { count: 1 }, small)).toEqual([]);
  });

  test('selectors and taints', () => {
    const none = `PL170 ${here} no node of the profile "lab" matches \`nodeSelector\` and \`tolerations\`
  help: Correct the labels, or tolerate the taints of the nodes that have them.`;
    expect(findings({ placement: placed({ nodeSelector: { pool: 'gpu' } }) }, small)).toEqual([none]);
    expect(findings({ placement: placed({ nodeSelector: { pool: 'cpu' } }) })).toEqual([]);
    expect(findings({ placement: placed({ nodeSelector: { 'topology.kubernetes.io/zone': 'c' } }) })).toEqual([none]);
    expect(findings({ placement: placed({ nodeSelector: { 'kubernetes.io/arch': 'arm64' } }) })).toEqual([]);
    const slots = placed({ nodeSelector: { slot: '7' } });
    expect(findings({ placement: slots }, { ...small, variedLabels: ['slot'] })).toEqual([]);
    expect(findings({ placement: slots }, { ...small, variedLabels: ['rack'] })).toEqual([none]);
    expect(findings({}, h100)).toEqual([none]);
    expect(findings({ placement: placed({ tolerations: [{ operator: 'Exists' }] }) }, h100)).toEqual([]);
  });
});

describe('replicas', () => {
  const apart = placed({ antiAffinity: { mode: 'required', topology: 'nodes' } });

  test('more than there are places apart', () => {
    const help = "\n  help: Use fewer replicas, or `antiAffinity: 'preferred'`.";
    expect(findings({ replicas: 3, gpu: { count: 8 }, placement: apart })).toEqual([
      `PL164 ${here} 3 replicas have to be on different nodes, but only 2 of the profile can take them${help}`,
    ]);
    expect(findings({ replicas: 2, gpu: { count: 8 }, placement: apart })).toEqual([]);
    const zones = placed({ antiAffinity: { mode: 'required', topology: 'zones' } });
    expect(findings({ replicas: 3, placement: zones }, small, { ...small, zone: 'c' })).toEqual([
      `PL164 ${here} 3 replicas have to be on different zones, but only 2 of the profile can take them${help}`,
    ]);
    expect(findings({ replicas: 3, placement: zones }, small, { count: 1 })).toEqual([]);
    expect(
      findings({ replicas: 9, placement: placed({ antiAffinity: { mode: 'preferred', topology: 'nodes' } }) }),
    ).toEqual([]);
    expect(findings({ replicas: 9, placement: apart }, small, { count: 0 })).toEqual([]);
  });

  test('more GPUs than the cluster has', () => {
    expect(findings({ replicas: 5, gpu: { count: 4 } })).toEqual([
      `PL172 ${here} 5 replicas with 4 GPUs each have to run together, but the profile "lab" has room for 4
  help: Use fewer replicas, or fewer GPUs for each.`,
    ]);
    expect(findings({ replicas: 4, gpu: { count: 4 } })).toEqual([]);
  });
});

describe('spread', () => {
  const nodes = placed({ spread: 'nodes' });
  const zones = placed({ spread: 'zones' });
  const told = (count: number, over: string, fit: number, least: number, help: string) =>
    `PL173 ${here} ${count} replicas are to be spread evenly over ${over}, but only ${fit} can be in the profile "lab": one of its ${over} has room for ${least}\n  help: ${help}`;
  const untainted = { ...h100, taints: [] };

  test('over nodes, of which the smallest decides', () => {
    const tight = { count: 1, cpu: '16' };
    const wide = { count: 2, cpu: '64' };
    const help = 'Use fewer replicas, or leave out the small nodes with `nodeSelector`.';
    expect(findings({ replicas: 6, cpu: { request: '8' }, placement: nodes }, tight, wide)).toEqual([]);
    expect(findings({ replicas: 8, cpu: { request: '8' }, placement: nodes }, tight, wide)).toEqual([]);
    expect(findings({ replicas: 9, cpu: { request: '8' }, placement: nodes }, tight, wide)).toEqual([
      told(9, 'nodes', 8, 2, help),
    ]);
    expect(findings({ replicas: 9, cpu: { request: '8' }, placement: nodes }, wide, { count: 0 })).toEqual([]);
    expect(findings({ replicas: 900, placement: nodes }, { count: 2 })).toEqual([]);
  });

  test('over zones', () => {
    const b = { ...h100, zone: 'b', count: 1 };
    const help = 'Use fewer replicas, or leave out the small zones with `nodeSelector`.';
    expect(findings({ replicas: 3, gpu: { count: 8, product: 'H100' }, placement: zones }, h100, b)).toEqual([]);
    const more = { ...h100, count: 4 };
    expect(findings({ replicas: 4, gpu: { count: 8, product: 'H100' }, placement: zones }, more, b)).toEqual([
      told(4, 'zones', 3, 1, help),
    ]);
    const { zone: _, ...unknown } = b;
    expect(findings({ replicas: 4, gpu: { count: 8, product: 'H100' }, placement: zones }, more, unknown)).toEqual([]);
  });

  test('with a number of GPUs the nodes without any count too, with a product they do not', () => {
    const help = 'Leave out those nodes with `nodeSelector` or, for GPUs, by naming the product.';
    const cpu = { ...small, count: 1 };
    expect(findings({ replicas: 4, gpu: { count: 1 }, placement: nodes }, untainted, cpu)).toEqual([
      told(4, 'nodes', 2, 0, help),
    ]);
    expect(findings({ replicas: 4, gpu: { count: 1, product: 'H100' }, placement: nodes }, untainted, cpu)).toEqual([]);
  });
});

test('selectors that match no pod', () => {
  const placement = placed({ antiAffinity: { mode: 'required', topology: 'nodes', selector: { app: 'trian' } } });
  expect(findingsOfTask({ placement, podLabels: { app: 'train' } })).toEqual([
    `PL165 warning example/task: \`antiAffinity\` keeps away from pods with the label "app=trian", but no task of this pipeline has this label
  help: Give the pods the label (\`labels\`), or leave the selector out: then it means the pods of this task.`,
  ]);
  expect(findingsOfTask({ placement, podLabels: { app: 'trian' } })).toEqual([]);
});

test('priority classes', () => {
  const profile = { ...lab(), priorityClasses: ['silver', 'bronze'] };
  const of = (name: string) => findingsOfTask({ placement: placed({ priority: { kind: 'class', name } }) }, profile);
  expect(of('silvr')).toEqual([
    `PL167 ${here} the profile "lab" has no PriorityClass "silvr"\n  help: Did you mean "silver"?`,
  ]);
  expect(of('gold')).toEqual([
    `PL167 ${here} the profile "lab" has no PriorityClass "gold"\n  help: It has silver, bronze.`,
  ]);
  expect(of('silver')).toEqual([]);
  expect(of('system-node-critical')).toEqual([]);
});

test('tolerations', () => {
  const help =
    "\n  help: Write `{ key: 'team', operator: 'Equal', value: 'vision', effect: 'NoSchedule' }`, or `operator: 'Exists'` without a value.";
  const tolerations = [
    { operator: 'Equal', value: 'x' },
    { key: 'a', operator: 'Exists', value: 'x' },
    { key: 'a b', operator: 'Exists' },
    { key: 'a', operator: 'Equal', value: 'x y' },
    { key: 'a', operator: 'Equal', value: 'x', effect: 'NoSchedule' },
  ] as const;
  const rule = 'may have only letters, digits, "-", "_" and ".", and starts and ends with a letter or digit';
  expect(findingsOfTask({ placement: placed({ tolerations }) })).toEqual([
    `PL171 ${here} a toleration has no key: only \`Exists\` goes without one${help}`,
    `PL171 ${here} a toleration has the value "x", but \`Exists\` takes none${help}`,
    `PL171 ${here} a toleration has the key "a b", which ${rule}${help}`,
    `PL171 ${here} a toleration has the value "x y", which ${rule}${help}`,
  ]);
});
