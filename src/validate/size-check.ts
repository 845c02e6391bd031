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

/** Reports what no API server stores, and gives back the size of the object as JSON in bytes. */
export function checkSize({ object, name, report }: Subject): number {
  const size = Buffer.byteLength(JSON.stringify(object));
  const tooLarge = (what: string, bytes: number, limit: number, path: readonly string[]): void =>
    report('PL317', { object: name, what, size: bytes, limit }, path);
  const workflow = WORKFLOW_KINDS.has(object.kind) && String(object.apiVersion).startsWith('argoproj.io/');
  const dataSize = object.kind === 'ConfigMap' || object.kind === 'Secret' ? sizeOfData(object) : 0;
  const annotationsSize = sizeOfAnnotations(object);
  if (dataSize > DATA_LIMIT) tooLarge('its data is', dataSize, DATA_LIMIT, ['data']);
  else if (workflow && size > WORKFLOW_LIMIT) tooLarge('it is', size, WORKFLOW_LIMIT, []);
  else if (size > ETCD_LIMIT) tooLarge('it is', size, ETCD_LIMIT, []);
  if (annotationsSize > ANNOTATIONS_LIMIT) {
    tooLarge('its annotations are', annotationsSize, ANNOTATIONS_LIMIT, ['metadata', 'annotations']);
  }
  return size;
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
