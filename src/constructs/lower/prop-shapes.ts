import { isCpu, isDuration, isSize } from '../foreign.ts';
import type { PipelineProps, PodProps, TaskProps } from '../props.ts';
import {
  anything,
  either,
  fields,
  flag,
  json,
  list,
  name,
  number,
  oneOf,
  passes,
  record,
  type Shape,
  text,
} from './shape.ts';

/** No prop may be forgotten here. */
type Table<Props> = { readonly [prop in keyof Props]-?: Shape };

const isTextOrNumber = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number';

const duration = passes('a duration', (value) => isTextOrNumber(value) || isDuration(value));
const quantity = passes('a quantity', (value) => isTextOrNumber(value) || isSize(value) || isCpu(value));
const resource = either(
  'a quantity',
  quantity,
  fields({ request: quantity, limit: quantity }, { wanted: 'a quantity' }),
);
const topology = oneOf('nodes', 'zones');
const texts = record(text, "an object: { key: 'text' }");

const retries = either(
  'a number, or an object with a limit',
  number,
  fields(
    {
      limit: number,
      on: list(oneOf('failed', 'infrastructure')),
      exceptExitCodes: list(number),
      backoff: fields({ base: duration, factor: number, cap: duration }, { wanted: "an object: { base: '30s' }" }),
    },
    { wanted: 'an object with a limit' },
  ),
);

const gpu = either(
  "a number of GPUs, or text like 'H100:8'",
  passes('', isTextOrNumber),
  fields({ count: number, product: text }, { wanted: 'an object with a count', needed: ['count'] }),
);

const priority = either(
  "one of 'low', 'normal', 'high', 'critical', or { class: 'name' } for a PriorityClass of the cluster",
  oneOf('low', 'normal', 'high', 'critical'),
  fields({ class: text }, { wanted: "{ class: 'name' }", needed: ['class'] }),
);

const antiAffinity = either(
  "'required' or 'preferred'",
  oneOf('required', 'preferred'),
  fields(
    { mode: oneOf('required', 'preferred'), across: topology, labels: texts },
    { wanted: 'an object with a mode', needed: ['mode'] },
  ),
);

const toleration = fields(
  {
    key: text,
    operator: oneOf('Exists', 'Equal'),
    value: text,
    effect: oneOf('NoSchedule', 'PreferNoSchedule', 'NoExecute'),
  },
  { wanted: "an object: { key: 'key', operator: 'Exists' }", needed: ['operator'] },
);

const security = fields(
  {
    user: number,
    group: number,
    fsGroup: number,
    nonRoot: flag,
    readOnlyRoot: flag,
    privileged: flag,
    allowPrivilegeEscalation: flag,
    addCapabilities: list(text),
    dropCapabilities: list(text),
    seccomp: oneOf('RuntimeDefault', 'Unconfined'),
  },
  { wanted: 'an object: { user: 1000 }' },
);

const envFrom = fields(
  { secret: name, configMap: name, prefix: text, optional: flag },
  { wanted: "{ secret: 'name' } or { configMap: 'name' }" },
);

/** What a pipeline sets for all its tasks and a task may set for itself. */
const pod = {
  image: text,
  imagePullPolicy: oneOf('Always', 'IfNotPresent', 'Never'),
  imagePullSecrets: list(name),
  volumes: list(anything, "a list of mounts: [Volume.claim('data').mount('/data')]"),
  envFrom: list(envFrom),
  serviceAccount: name,
  security,
  nodeSelector: texts,
  tolerations: list(toleration),
  priority,
  labels: texts,
  annotations: texts,
  retries,
} satisfies Table<PodProps>;

export const environment = record(anything, "an object: { NAME: 'value' }");

export const taskShape = fields(
  {
    ...pod,
    forEach: anything,
    itemsPerPod: number,
    command: anything,
    args: anything,
    script: text,
    interpreter: list(text),
    shell: oneOf('image', 'injected'),
    env: either(
      environment.wanted,
      passes('', (value) => typeof value === 'function'),
      environment,
    ),
    workingDir: text,
    cpu: resource,
    memory: resource,
    ephemeralStorage: resource,
    gpu,
    shm: quantity,
    replicas: number,
    spread: topology,
    antiAffinity,
    after: anything,
    when: anything,
    onExit: flag,
    timeout: duration,
    deadline: duration,
    terminationGrace: duration,
    maxRunning: number,
    maxFailed: passes("a number of items, or a percentage like '2%'", isTextOrNumber),
    outputs: record(anything, "an object: { loss: 'number' }"),
    argoStrategy: oneOf('loop', 'job'),
    podSpecPatch: json,
    argoTemplatePatch: json,
    jobPatch: json,
  } satisfies Table<TaskProps>,
  { wanted: "an object: { command: ['echo', 'hello'] }" },
);

const schedule = either(
  "cron like '0 3 * * *', or an object with it",
  text,
  fields(
    {
      cron: text,
      timeZone: text,
      concurrencyPolicy: oneOf('Allow', 'Forbid', 'Replace'),
      startingDeadline: duration,
      suspend: flag,
    },
    { wanted: 'an object with cron', needed: ['cron'] },
  ),
);

export const pipelineShape = fields(
  {
    ...pod,
    namespace: text,
    disableResourceNameHashes: flag,
    env: environment,
    parameters: record(anything, "an object: { name: 'default' }"),
    schedule,
    maxRunning: number,
    deadline: duration,
    contexts: list(text),
    runOnChange: flag,
    busyboxImage: text,
  } satisfies Table<PipelineProps>,
  { wanted: "an object: { image: 'busybox:1.37' }" },
);
