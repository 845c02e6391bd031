import { Buffer } from 'node:buffer';
import type { Json, JsonObject } from '../ir/scalar.ts';
import { isObject } from './path.ts';
import type { Subject } from './report.ts';

/** etcd refuses larger requests (`--max-request-bytes`, default 1.5 MiB: etcd.io/docs, "System limits"). */
const ETCD_LIMIT = 1_572_864;
/** Kubernetes refuses more data in a ConfigMap or Secret (MaxSecretSize in core/v1 types.go). */
const DATA_LIMIT = 1_048_576;
/** Argo's own limit for a Workflow and what it is made of (maxWorkflowSize). */
const WORKFLOW_LIMIT = 1_048_576;
/** All annotations of an object, keys and values (TotalAnnotationSizeLimitB in apimachinery). */
export const ANNOTATIONS_LIMIT = 262_144;

const WORKFLOW_KINDS: ReadonlySet<Json | undefined> = new Set([
  'ClusterWorkflowTemplate',
  'CronWorkflow',
  'Workflow',
  'WorkflowTemplate',
]);

/** Reports what no API server stores. Gives back the size of what one does, as JSON in bytes; 0 for the rest. */
export function checkSize({ object, name, report }: Subject): number {
  const size = Buffer.byteLength(JSON.stringify(object));
  let stored = true;
  const atMost = (limit: number, bytes: number, what: string, path: readonly string[]): void => {
    if (bytes <= limit || !stored) return;
    stored = false;
    report('PL317', { object: name, what, size: bytes, limit }, path);
  };
  const workflow = WORKFLOW_KINDS.has(object.kind) && String(object.apiVersion).startsWith('argoproj.io/');
  if (object.kind === 'ConfigMap' || object.kind === 'Secret')
    atMost(DATA_LIMIT, sizeOfData(object), 'its data is', ['data']);
  atMost(ANNOTATIONS_LIMIT, sizeOfAnnotations(object), 'its annotations are', ['metadata', 'annotations']);
  atMost(workflow ? WORKFLOW_LIMIT : ETCD_LIMIT, size, 'it is', []);
  return stored ? size : 0;
}

/** As Kubernetes counts: the values, those in base64 (`binaryData`, `data` of a Secret) decoded. */
function sizeOfData(object: JsonObject): number {
  const base64 = object.kind === 'Secret' ? object.data : object.binaryData;
  const text = object.kind === 'Secret' ? object.stringData : object.data;
  return sizeOfValues(text, 'utf8') + sizeOfValues(base64, 'base64');
}

function sizeOfValues(values: Json | undefined, encoding: 'utf8' | 'base64'): number {
  if (!isObject(values)) return 0;
  let size = 0;
  for (const value of Object.values(values)) if (typeof value === 'string') size += Buffer.byteLength(value, encoding);
  return size;
}

function sizeOfAnnotations(object: JsonObject): number {
  const annotations = isObject(object.metadata) ? object.metadata.annotations : undefined;
  if (!isObject(annotations)) return 0;
  const keys = Object.keys(annotations).reduce((size, key) => size + Buffer.byteLength(key), 0);
  return keys + sizeOfValues(annotations, 'utf8');
}
