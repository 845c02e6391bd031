import { gunzipSync } from 'node:zlib';
import type { KubernetesObject } from '../../cluster/objects.ts';

/** A node of `status.nodes` of a Workflow: a pod, a DAG, a group of items, the parent of attempts. */
export interface ArgoNode {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly type: string;
  readonly phase: string;
  readonly message?: string;
  readonly boundaryID?: string;
  readonly children?: readonly string[];
  readonly startedAt?: string | null;
  readonly outputs?: {
    readonly parameters?: readonly { readonly name: string; readonly value?: string }[];
  };
}

/** What the runner wants to know of a Workflow. */
export interface WorkflowView {
  readonly name: string;
  readonly uid: string;
  readonly labels: { readonly [key: string]: string };
  readonly annotations: { readonly [key: string]: string };
  /** Empty until Argo's controller has seen it. */
  readonly phase: string;
  readonly message: string;
  /** Argo does nothing more with it. */
  readonly hasEnded: boolean;
  /** undefined: they are in Argo's database (`nodeStatusOffLoad`), where only Argo's server reads them. */
  readonly nodes: readonly ArgoNode[] | undefined;
}

interface WorkflowStatus {
  readonly phase?: string;
  readonly message?: string;
  readonly nodes?: { readonly [id: string]: ArgoNode };
  /** Base64 of the gzipped JSON of `nodes`, when they are too large as they are. */
  readonly compressedNodes?: string;
  readonly offloadNodeStatusVersion?: string;
}

const ENDED = new Set(['Succeeded', 'Failed', 'Error']);

export function hasEnded(phase: string): boolean {
  return ENDED.has(phase);
}

export function viewWorkflow(workflow: KubernetesObject): WorkflowView {
  const { metadata } = workflow;
  const status = (workflow['status'] ?? {}) as WorkflowStatus;
  const phase = status.phase ?? '';
  return {
    name: metadata.name,
    uid: metadata.uid ?? '',
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    phase,
    message: status.message ?? '',
    hasEnded: hasEnded(phase),
    nodes: nodesOf(status),
  };
}

/** As Argo itself reads them (workflow/packer, workflow/hydrator). */
function nodesOf(status: WorkflowStatus): readonly ArgoNode[] | undefined {
  if ((status.offloadNodeStatusVersion ?? '') !== '') return undefined;
  const { nodes = {}, compressedNodes = '' } = status;
  if (compressedNodes === '' || Object.keys(nodes).length > 0) return Object.values(nodes);
  const json = gunzipSync(Buffer.from(compressedNodes, 'base64')).toString('utf8');
  return Object.values(JSON.parse(json) as { readonly [id: string]: ArgoNode });
}
