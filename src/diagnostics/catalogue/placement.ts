import { definitions } from '../definition.ts';

const p = "const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });\n";

/** A project with one task and a profile of a cluster. */
function withProfile(props: string, nodes: string, more = '') {
  return {
    files: {
      'pipelines/example.ts': `import { App } from 'cdk8s';
import { Pipeline, Task } from 'podloom';
const app = new App();
${p}new Task(p, 'train', { command: ['true'], ${props} });
`,
      'cluster.json': `{ "name": "lab", "kubernetes": "1.33", "argo": "4.0", "nodes": [${nodes}]${more} }
`,
    },
    args: ['synth', '--profile', 'cluster.json'],
  };
}
const h100 = '{ "count": 2, "cpu": "96", "memory": "1Ti", "gpu": { "product": "NVIDIA-H100-80GB-HBM3", "count": 8 } }';
const whole =
  'The scheduler places a pod only where all that it requests is free on one node; a pod that fits no node stays Pending for ever, and no retry or backoff limit ever counts it (kubernetes/kubernetes#101584). ';
const profile = 'Nodes are known from the profile (`--profile`); without one nothing about nodes is checked.';

/** PL160…PL199: resources, GPUs, spread, anti-affinity, priority. */
export const placementDefinitions = definitions({
  PL160: {
    severity: 'error',
    title: 'Request above limit',
    message: (p: { field: string; request: string; limit: string }) =>
      `\`${p.field}\` requests ${p.request}, which is more than its limit of ${p.limit}`,
    help: () => 'Raise the limit or lower the request.',
    explanation:
      'A request is what the scheduler sets aside, a limit what the container may use at most: request ≤ limit (kubernetes pkg/apis/core/validation/validation.go, ValidateResourceRequirements, v1.33).',
    example: `${p}new Task(p, 'train', { command: ['true'], memory: { request: '8Gi', limit: '8G' } });`,
  },
  PL162: {
    severity: 'error',
    title: 'More GPUs than a node has',
    message: (p: { count: number; product: string; most: number; profile: string }) =>
      `\`gpu\` asks for ${p.count} ${p.product} on one node, but no node of the profile "${p.profile}" has more than ${p.most}`,
    help: (p) =>
      p.most > 0
        ? `Ask for at most ${p.most} for each pod, and use \`replicas\` for more.`
        : 'Choose a profile, a node selector or a product with such GPUs.',
    explanation: whole + profile,
    example: withProfile("gpu: 'H100:16'", h100),
  },
  PL163: {
    severity: 'error',
    title: 'GPU product that no node has',
    message: (p: { product: string; profile: string; known: readonly string[] }) =>
      `no node of the profile "${p.profile}" has a GPU "${p.product}"`,
    help: (p) => (p.known.length === 0 ? 'Its nodes have no GPUs.' : `Its GPUs are ${p.known.join(', ')}.`),
    explanation: whole + profile,
    example: withProfile("gpu: 'A100:8'", h100),
  },
  PL164: {
    severity: 'error',
    title: 'More replicas than places apart',
    message: (p: { replicas: number; places: number; topology: string }) =>
      `${p.replicas} replicas have to be on different ${p.topology}, but only ${p.places} of the profile can take them`,
    help: () => "Use fewer replicas, or `antiAffinity: 'preferred'`.",
    explanation:
      'Required anti-affinity lets no two pods share a node (or zone). Replicas run together, so those that find no place stay Pending while the others wait for them. Nodes are counted that the selector, the taints and the GPU allow. ' +
      profile,
    example: withProfile("gpu: 'H100:8', replicas: 3, antiAffinity: 'required'", h100),
  },
  PL165: {
    severity: 'warning',
    title: 'Selector that matches no pod',
    message: (p: { label: string }) =>
      `\`antiAffinity\` keeps away from pods with ${p.label}, but no task of this pipeline has this label`,
    help: () => 'Give the pods the label (`labels`), or leave the selector out: then it means the pods of this task.',
    explanation:
      'A selector that matches nothing is no error in Kubernetes: the rule is then silently without effect. It is right only when pods outside of this pipeline are meant.',
    example: `${p}new Task(p, 'train', { command: ['true'], replicas: 2, antiAffinity: { mode: 'required', labels: { app: 'trian' } }, labels: { app: 'train' } });`,
  },
  PL166: {
    severity: 'error',
    title: 'Request above what any node has',
    message: (p: { field: string; request: string; most: string; profile: string }) =>
      `\`${p.field}\` requests ${p.request}, but no node of the profile "${p.profile}" that may run it has more than ${p.most}`,
    help: (p) => `Request at most ${p.most}.`,
    explanation: whole + profile,
    example: withProfile("memory: '2Ti'", h100),
  },
  PL167: {
    severity: 'error',
    title: 'Unknown PriorityClass',
    message: (p: { name: string; profile: string; hint: string }) =>
      `the profile "${p.profile}" has no PriorityClass "${p.name}"`,
    help: (p) => p.hint,
    explanation:
      'The API server refuses pods with a PriorityClass that does not exist (admission plugin Priority); a Job then makes no pod and says so only in its events. `low`, `normal`, `high` and `critical` are emitted by podloom.',
    example: withProfile("priority: { class: 'gold' }", h100, ', "priorityClasses": ["silver"]'),
  },
  PL168: {
    severity: 'error',
    title: 'Amount that makes no sense',
    message: (p: { field: string; quantity: string; problem: string }) =>
      `\`${p.field}\` is ${p.quantity}, which ${p.problem}`,
    help: (p) =>
      p.problem.includes('byte') ? 'Write `Mi` for mebibytes; `m` means thousandths.' : 'Write an amount above 0.',
    explanation:
      'Quantities are exact: `m` is a thousandth, so `512m` of memory is half a byte. The API server takes that with a warning, and the container cannot start. Negative amounts are refused.',
    example: `${p}new Task(p, 'train', { command: ['true'], memory: '512m' });`,
  },
  PL169: {
    severity: 'warning',
    title: 'Memory volume above the memory limit',
    message: (p: { field: string; size: string; limit: string }) =>
      `\`${p.field}\` may grow to ${p.size} of memory, but the memory limit is ${p.limit}`,
    help: () => 'Raise the memory limit or make the volume smaller.',
    explanation:
      'What is written to an emptyDir of medium `Memory`, /dev/shm too, counts as memory of the container: the kernel kills it at the limit, before the volume is full.',
    example: `${p}new Task(p, 'train', { command: ['true'], memory: '8Gi', shm: '16Gi' });`,
  },
  PL170: {
    severity: 'error',
    title: 'Node selector that matches no node',
    message: (p: { profile: string }) =>
      `no node of the profile "${p.profile}" matches \`nodeSelector\` and \`tolerations\``,
    help: () => 'Correct the labels, or tolerate the taints of the nodes that have them.',
    explanation:
      'A pod runs only on nodes that have all labels of its nodeSelector and whose taints (NoSchedule, NoExecute) it tolerates. Pools of the profile without `labels` count as matching. ' +
      profile,
    example: withProfile("nodeSelector: { pool: 'gpu' }", '{ "count": 2, "labels": { "pool": "cpu" } }'),
  },
  PL171: {
    severity: 'error',
    title: 'Toleration that the API server refuses',
    message: (p: { problem: string }) => `a toleration ${p.problem}`,
    help: () =>
      "Write `{ key: 'team', operator: 'Equal', value: 'vision', effect: 'NoSchedule' }`, or `operator: 'Exists'` without a value.",
    explanation:
      'With `Exists` there is no value; without a key only `Exists` is possible (kubernetes pkg/apis/core/validation/validation.go, ValidateTolerations, v1.33).',
    example: `${p}new Task(p, 'train', { command: ['true'], tolerations: [{ key: 'team', operator: 'Exists', value: 'vision' }] });`,
  },
  PL172: {
    severity: 'error',
    title: 'More GPUs than the cluster has',
    message: (p: { replicas: number; count: number; fit: number; profile: string }) =>
      `${p.replicas} replicas with ${p.count} GPU${p.count === 1 ? '' : 's'} each have to run together, but the profile "${p.profile}" has room for ${p.fit}`,
    help: () => 'Use fewer replicas, or fewer GPUs for each.',
    explanation:
      'Replicas start together and wait for each other; those without a place stay Pending and the others hold their GPUs meanwhile. ' +
      profile,
    example: withProfile("gpu: 'H100:8', replicas: 4", h100),
  },
  PL173: {
    severity: 'error',
    title: 'Replicas that cannot be spread evenly',
    message: (p: { replicas: number; fit: number; topology: string; least: number; profile: string }) =>
      `${p.replicas} replicas are to be spread evenly over ${p.topology}, but only ${p.fit} can be in the profile "${p.profile}": one of its ${p.topology} has room for ${p.least}`,
    help: (p) =>
      p.least === 0
        ? `Leave out those ${p.topology} with \`nodeSelector\` or, for GPUs, by naming the product.`
        : `Use fewer replicas, or leave out the small ${p.topology} with \`nodeSelector\`.`,
    explanation:
      'With `spread` no node (or zone) may have two pods more than another that the pods may run on; those that would break that stay Pending, while the other replicas wait for them. A place that is full, or has no such GPUs at all, counts with the pods that it has (kube-scheduler, PodTopologySpread with maxSkew 1). Room is counted in GPUs, CPU and memory of empty nodes. ' +
      profile,
    example: withProfile("gpu: 1, replicas: 4, spread: 'nodes'", `${h100}, { "count": 1, "cpu": "32" }`),
  },
});
