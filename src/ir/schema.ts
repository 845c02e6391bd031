import { z } from 'zod';
import { bad, good, type Parsed } from '../units/parsed.ts';
import { parseQuantity } from '../units/quantity.ts';
import type { Expression } from './expression.ts';
import type { Pipeline } from './pipeline.ts';
import type { Profile } from './profile.ts';
import type { Json } from './scalar.ts';

/**
 * The IR and the profile as they come from outside: a stored plan, a profile file. Unknown fields are errors. What the
 * compiler has just built is not parsed again. The types that follow from the schemas are those of the interfaces,
 * which a test proves.
 */
const text = z.string();
const flag = z.boolean();
const whole = z.int();
const optionalText = text.optional();

/** An object with exactly these fields, frozen. */
function record<S extends z.ZodRawShape>(shape: S) {
  return z.strictObject(shape).readonly();
}
function list<T extends z.ZodType>(element: T) {
  return z.array(element).readonly();
}
/** A field that is always there, perhaps as undefined, which JSON leaves out. */
function orUndefined<T extends z.ZodType>(schema: T) {
  return schema.optional().transform((value) => value);
}

const scalar = z.union([text, z.number(), flag]);
const stringMap = z.record(text, text).readonly();
const json: z.ZodType<Json> = z.lazy(() =>
  z.union([z.null(), flag, z.number(), text, list(json), z.record(text, json).readonly()]),
);
const jsonObject = z.record(text, json).readonly();

const location = record({ file: text, line: whole, column: whole });
const origin = record({ location: orUndefined(location), callers: list(location), path: text });

const outputReference = record({ kind: z.literal('output'), task: text, output: text });
const reference = z.discriminatedUnion('kind', [
  record({ kind: z.literal('item'), field: optionalText }),
  record({ kind: z.literal('batch'), field: optionalText, separator: text }),
  record({ kind: z.literal('index') }),
  record({ kind: z.literal('parameter'), parameter: text }),
  outputReference,
  record({ kind: z.literal('mount'), volume: text }),
  record({ kind: z.literal('run') }),
  record({ kind: z.literal('status') }),
]);
const textParts = list(z.union([text.min(1), reference]));
const argument = z.discriminatedUnion('kind', [
  record({ kind: z.literal('text'), text: textParts }),
  record({ kind: z.literal('spread'), field: optionalText }),
]);

const valueType = z.enum(['string', 'number', 'boolean']);
const expression: z.ZodType<Expression> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    record({ kind: z.literal('literal'), value: scalar }),
    record({ kind: z.literal('reference'), reference, type: valueType }),
    record({
      kind: z.literal('compare'),
      operator: z.enum(['==', '!=', '<', '<=', '>', '>=']),
      left: expression,
      right: expression,
    }),
    record({ kind: z.literal('in'), value: expression, options: list(scalar) }),
    record({ kind: z.literal('and'), operands: list(expression) }),
    record({ kind: z.literal('or'), operands: list(expression) }),
    record({ kind: z.literal('not'), operand: expression }),
  ]),
);

const shape = z.discriminatedUnion('kind', [
  record({ kind: z.literal('scalar') }),
  record({ kind: z.literal('object'), fields: list(text) }),
]);
const segment = z.discriminatedUnion('kind', [
  record({ kind: z.literal('literal'), text }),
  record({ kind: z.literal('number'), start: whole, step: whole, count: whole, width: whole }),
  record({ kind: z.literal('choice'), options: list(text) }),
]);
const items = z.discriminatedUnion('kind', [
  record({
    kind: z.literal('table'),
    shape,
    values: list(z.union([scalar, z.record(text, scalar).readonly()])),
    source: text,
  }),
  record({ kind: z.literal('computed'), count: whole, segments: list(segment), source: text }),
  record({ kind: z.literal('output'), task: text, output: text, shape }),
]);
const forEach = record({ items, batch: whole.min(1), itemsPerPod: whole.min(1) });

const objectKey = { object: text, key: text };
const environment = record({
  variables: list(
    z.discriminatedUnion('kind', [
      record({ kind: z.literal('text'), name: text, text: textParts }),
      record({ kind: z.enum(['secret', 'configMap']), name: text, ...objectKey, optional: flag }),
      record({ kind: z.literal('field'), name: text, fieldPath: text }),
      record({ kind: z.literal('resource'), name: text, resource: text, divisor: optionalText }),
    ]),
  ),
  from: list(record({ kind: z.enum(['secret', 'configMap']), object: text, prefix: optionalText, optional: flag })),
});

const volumeSource = z.discriminatedUnion('kind', [
  record({ kind: z.literal('persistentVolumeClaim'), claim: text, readOnly: flag }),
  record({
    kind: z.enum(['configMap', 'secret']),
    object: text,
    optional: flag,
    defaultMode: whole.optional(),
    items: list(record({ key: text, path: text, mode: whole.optional() })).optional(),
  }),
  record({ kind: z.literal('emptyDir'), medium: z.literal('Memory').optional(), sizeLimit: optionalText }),
  record({ kind: z.literal('hostPath'), path: text, type: optionalText }),
]);
const volumeMount = record({
  volume: text,
  source: volumeSource,
  mountPath: text,
  subPath: optionalText,
  readOnly: flag,
});

const security = record({
  runAsUser: whole.optional(),
  runAsGroup: whole.optional(),
  runAsNonRoot: flag.optional(),
  fsGroup: whole.optional(),
  readOnlyRootFilesystem: flag.optional(),
  privileged: flag.optional(),
  allowPrivilegeEscalation: flag,
  addCapabilities: list(text),
  dropCapabilities: list(text),
  seccompProfile: z.enum(['RuntimeDefault', 'Unconfined']),
});

const program = z.discriminatedUnion('kind', [
  record({
    kind: z.literal('command'),
    command: orUndefined(list(argument)),
    args: orUndefined(list(argument)),
  }),
  record({ kind: z.literal('script'), source: text, interpreter: list(text), args: list(argument) }),
]);
const container = record({
  image: text,
  imagePullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']).optional(),
  shell: z.enum(['image', 'injected']),
  program,
  environment,
  workingDir: optionalText,
  volumes: list(volumeMount),
  security,
});

const retries = record({
  limit: whole.min(0),
  on: list(z.enum(['failed', 'infrastructure'])),
  exceptExitCodes: list(whole),
  backoff: record({ seconds: z.number(), factor: z.number(), capSeconds: z.number().optional() }).optional(),
});

const store = record({
  endpoint: text,
  bucket: text,
  insecure: flag,
  region: optionalText,
  accessKeySecret: record(objectKey).optional(),
  secretKeySecret: record(objectKey).optional(),
});
const output = z.discriminatedUnion('kind', [
  record({ kind: z.literal('value'), name: text, type: valueType }),
  record({ kind: z.literal('file'), name: text, volume: text, path: text }),
  record({ kind: z.literal('s3'), name: text, path: text, store, key: text }),
  record({ kind: z.literal('list'), name: text, shape, maxItems: whole.min(1) }),
]);

const topology = z.enum(['nodes', 'zones']);
const placement = record({
  nodeSelector: stringMap,
  tolerations: list(
    record({
      key: optionalText,
      operator: z.enum(['Exists', 'Equal']),
      value: optionalText,
      effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']).optional(),
    }),
  ),
  spread: topology.optional(),
  antiAffinity: record({
    mode: z.enum(['required', 'preferred']),
    topology,
    selector: stringMap.optional(),
  }).optional(),
  priority: z
    .discriminatedUnion('kind', [
      record({ kind: z.literal('level'), level: z.enum(['low', 'normal', 'high', 'critical']) }),
      record({ kind: z.literal('class'), name: text }),
    ])
    .optional(),
});

const resource = record({ request: optionalText, limit: optionalText });
const edge = record({
  task: text,
  on: z.enum(['succeeded', 'failed', 'completed', 'anySucceeded', 'allFailed', 'itemwise']),
  cause: z.enum(['after', 'reference', 'dependency']),
});
const task = record({
  kind: z.literal('Task'),
  name: text,
  origin,
  phase: z.enum(['main', 'exit']),
  after: list(edge),
  when: expression.optional(),
  forEach: forEach.optional(),
  replicas: whole.min(1).optional(),
  container,
  cpu: resource,
  memory: resource,
  ephemeralStorage: resource,
  shm: optionalText,
  gpu: record({ count: whole.min(1), product: optionalText }).optional(),
  placement,
  retries,
  timeoutSeconds: whole.min(1).optional(),
  deadlineSeconds: whole.min(1).optional(),
  maxRunning: whole.min(1).optional(),
  maxFailed: z
    .discriminatedUnion('kind', [
      record({ kind: z.literal('count'), count: whole }),
      record({ kind: z.literal('percent'), percent: z.number() }),
    ])
    .optional(),
  outputs: list(output),
  serviceAccount: optionalText,
  imagePullSecrets: list(text),
  terminationGraceSeconds: whole.min(0).optional(),
  podLabels: stringMap,
  podAnnotations: stringMap,
  argoStrategy: z.enum(['loop', 'job']).optional(),
  patches: record({
    podSpec: jsonObject.optional(),
    argoTemplate: jsonObject.optional(),
    job: jsonObject.optional(),
  }),
});

export const pipelineSchema = record({
  kind: z.literal('Pipeline'),
  version: z.literal(1),
  name: text,
  origin,
  namespace: optionalText,
  labels: stringMap,
  parameters: list(
    record({
      name: text,
      type: valueType,
      default: scalar.optional(),
      options: list(scalar).optional(),
      description: optionalText,
    }),
  ),
  schedule: record({
    cron: text,
    timeZone: text,
    concurrencyPolicy: z.enum(['Allow', 'Forbid', 'Replace']),
    startingDeadlineSeconds: whole.min(1).optional(),
    suspend: flag,
  }).optional(),
  maxRunning: whole.min(1).optional(),
  deadlineSeconds: whole.min(1).optional(),
  contexts: list(text).optional(),
  runOnChange: flag,
  busyboxImage: text,
  tasks: list(task),
  extras: list(record({ object: jsonObject, origin })),
});

const quantity = text.refine((value) => parseQuantity(value).ok, 'is not a Kubernetes quantity');
const nodePool = record({
  count: whole.min(0),
  zone: optionalText,
  cpu: quantity.optional(),
  memory: quantity.optional(),
  gpu: record({ product: text, count: whole.min(1) }).optional(),
  resources: stringMap.optional(),
  labels: stringMap.optional(),
  variedLabels: list(text).optional(),
  taints: list(record({ key: text, value: optionalText, effect: text })).optional(),
});
export const profileSchema = record({
  name: text,
  kubernetes: text.regex(/^1\.(?:2[89]|3[0-7])$/, 'has to be a minor version from 1.28 to 1.37'),
  argo: z.enum(['3.7', '4.0', '4.1']),
  nodes: list(nodePool),
  priorityClasses: list(text).optional(),
  crds: list(text).optional(),
});

/** A pipeline that was stored. Whether the names in it exist is a question for the room of the passes (`danglingNames`). */
export function parsePipeline(value: unknown): Parsed<Pipeline> {
  return parse(pipelineSchema, value);
}

/** A profile; what a file leaves out is that of `defaults`. */
export function parseProfile(value: unknown, defaults: Profile): Parsed<Profile> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return parse(profileSchema, isObject ? { ...defaults, ...value } : value);
}

const SHOWN = 5;

function parse<T>(schema: z.ZodType<T>, value: unknown): Parsed<T> {
  const result = schema.safeParse(value);
  if (result.success) return good(result.data);
  const lines = result.error.issues.map(({ path, message }) => `${pathText(path)}: ${message}`);
  const more = lines.length > SHOWN ? [`and ${lines.length - SHOWN} more`] : [];
  return bad([...lines.slice(0, SHOWN), ...more].join('; '));
}

/** For example `tasks[3].container.image`. */
function pathText(path: readonly PropertyKey[]): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`));
  return steps.length === 0 ? 'the whole' : steps.join('').replace(/^\./, '');
}
