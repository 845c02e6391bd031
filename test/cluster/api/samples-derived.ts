import type { Json, JsonObject } from '../../../src/ir/scalar.ts';
import { strategicMerge } from '../../../src/targets/pod/index.ts';

/**
 * What controllers make of an object: an API server accepts a Job, and all the more a WorkflowTemplate, whose pods it refuses
 * later. As far as that can be known without running anything.
 */
export function derivedObjects(object: JsonObject): JsonObject[] {
  switch (object['kind']) {
    case 'CronJob':
      return withPod(cronJobsJob(object));
    case 'Job':
      return [podOfJob(object)];
    case 'WorkflowTemplate':
      return (specOf(object)['templates'] as readonly JsonObject[]).flatMap((template) => ofTemplate(object, template));
    default:
      return [];
  }
}

/** A Job as the runner makes it from one in `dist/`: with the name of the run, of eight characters. */
export function jobOfRun(job: JsonObject): JsonObject {
  const metadata = job['metadata'] as JsonObject;
  return { ...job, metadata: { ...metadata, name: `${String(metadata['name'])}-run12345` } };
}

/** Argo's run of a template. Every parameter that has no default is given. */
export function workflowOf(template: JsonObject): JsonObject {
  const { name } = template['metadata'] as { readonly name: string };
  const given = specOf(template)['arguments'] as { readonly parameters?: readonly JsonObject[] } | undefined;
  const parameters = (given?.parameters ?? [])
    .filter(({ value }) => value === undefined)
    .map((parameter) => ({ name: parameter['name'] as string, value: '1' }));
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    metadata: { name: `${name}-x7k2p` },
    spec: { workflowTemplateRef: { name }, ...(parameters.length > 0 && { arguments: { parameters } }) },
  };
}

const UID = '00000000-0000-4000-8000-000000000000';
const specOf = (object: JsonObject): JsonObject => object['spec'] as JsonObject;
const withPod = (job: JsonObject): JsonObject[] => [job, podOfJob(job)];

/** As the CronJob controller of Kubernetes does (getJobFromTemplate2): the name ends with the minutes of the epoch. */
function cronJobsJob(cronJob: JsonObject): JsonObject {
  const { name } = cronJob['metadata'] as { readonly name: string };
  const { metadata, spec } = specOf(cronJob)['jobTemplate'] as { metadata?: JsonObject; spec: JsonObject };
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { ...metadata, name: `${name}-29384756` }, spec };
}

/** As the Job controller of Kubernetes does (manageJob): the pod of the last index. */
function podOfJob(job: JsonObject): JsonObject {
  const { name = 'generated' } = job['metadata'] as { readonly name?: string };
  const { template, completionMode, completions } = specOf(job) as {
    readonly template: { readonly metadata?: JsonObject; readonly spec: JsonObject };
    readonly completionMode?: string;
    readonly completions?: number;
  };
  const index = completionMode === 'Indexed' ? String(Math.max((completions ?? 1) - 1, 0)) : undefined;
  const key = 'batch.kubernetes.io/job-completion-index';
  const ofIndex = index === undefined ? {} : { [key]: index };
  const labels = { 'batch.kubernetes.io/controller-uid': UID, 'controller-uid': UID, 'job-name': name };
  const { labels: own, annotations } = (template.metadata ?? {}) as { labels?: JsonObject; annotations?: JsonObject };
  const owner = { apiVersion: 'batch/v1', kind: 'Job', name, uid: UID, controller: true, blockOwnerDeletion: true };
  const prefix = index === undefined ? `${name}-` : `${name.slice(0, 58 - index.length - 2)}-${index}-`;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...template.metadata,
      generateName: prefix,
      labels: { ...own, ...labels, 'batch.kubernetes.io/job-name': name, ...ofIndex },
      ...((annotations !== undefined || index !== undefined) && { annotations: { ...annotations, ...ofIndex } }),
      finalizers: ['batch.kubernetes.io/job-tracking'],
      ownerReferences: [owner],
    },
    spec: index === undefined ? template.spec : indexed(template.spec, `${name}-${index}`, key),
  };
}

function indexed(spec: JsonObject, hostname: string, key: string): JsonObject {
  const variable = {
    name: 'JOB_COMPLETION_INDEX',
    valueFrom: { fieldRef: { fieldPath: `metadata.labels['${key}']` } },
  };
  const withIndex = (containers: Json | undefined): JsonObject[] =>
    ((containers ?? []) as readonly JsonObject[]).map((container) => ({
      ...container,
      env: [...((container['env'] ?? []) as readonly Json[]), variable],
    }));
  return {
    ...spec,
    hostname,
    containers: withIndex(spec['containers']),
    ...(spec['initContainers'] !== undefined && { initContainers: withIndex(spec['initContainers']) }),
  };
}

function ofTemplate(workflow: JsonObject, template: JsonObject): JsonObject[] {
  const { resource } = template as { readonly resource?: { readonly manifest: string } };
  if (resource !== undefined) {
    const job = JSON.parse(filledText(resource.manifest, String(template['name']))) as JsonObject;
    const metadata = job['metadata'] as { readonly generateName?: string };
    const name =
      metadata.generateName === undefined ? metadata : { ...metadata, name: `${metadata.generateName}x7k2p` };
    return [job, podOfJob({ ...job, metadata: name as JsonObject })];
  }
  return template['container'] === undefined ? [] : [podOfTemplate(workflow, template)];
}

/**
 * As Argo does (createWorkflowPod in workflow/controller/workflowpod.go), but for the containers and volumes of its executor.
 * Tags have a value that any tag may have.
 */
function podOfTemplate(workflow: JsonObject, template: JsonObject): JsonObject {
  const spec = specOf(workflow);
  const filled = fill(template, String(template['name'])) as { readonly [field: string]: Json } & {
    readonly container: JsonObject;
    readonly sidecars?: readonly JsonObject[];
    readonly metadata?: JsonObject;
    readonly podSpecPatch?: string;
    readonly activeDeadlineSeconds?: string;
  };
  const { labels } = fill(spec['podMetadata'] ?? {}, '') as { readonly labels?: JsonObject };
  const native = ['priorityClassName', 'schedulerName', 'nodeSelector', 'affinity', 'tolerations', 'hostAliases'];
  const copied = [...native, 'securityContext', 'volumes', 'initContainers'].filter((key) => filled[key] !== undefined);
  const pod: JsonObject = {
    ...Object.fromEntries(copied.map((key) => [key, filled[key] as Json])),
    restartPolicy: 'Never',
    serviceAccountName: filled['serviceAccountName'] ?? (spec['serviceAccountName'] as Json),
    containers: [{ name: 'main', ...filled.container }, ...(filled.sidecars ?? [])],
    ...(filled.activeDeadlineSeconds !== undefined && { activeDeadlineSeconds: Number(filled.activeDeadlineSeconds) }),
  };
  const patches = [spec['podSpecPatch'], filled.podSpecPatch].filter((patch) => patch !== undefined);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...filled.metadata,
      name: `x7k2p-${String(template['name'])}`.slice(0, 200),
      labels: { ...labels, ...(filled.metadata?.['labels'] as JsonObject), 'workflows.argoproj.io/workflow': 'x7k2p' },
    },
    spec: patches.reduce<JsonObject>((merged, patch) => strategicMerge(merged, JSON.parse(patch as string)), pod),
  };
}

function fill(value: Json, task: string): Json {
  if (typeof value === 'string') return filledText(value, task);
  if (Array.isArray(value)) return value.map((each) => fill(each, task));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fill(each, task)]));
}

/** Tags have no braces in them: podloom writes none. */
function filledText(text: string, task: string): string {
  return text.replaceAll(/\{\{(.*?)\}\}/gs, (_, tag: string) => {
    // In the JSON of a manifest these stand without quotes, since they give them.
    if (tag.startsWith('=sprig.quote(')) return '"7"';
    if (tag.includes('inputs.parameters.task')) return task;
    return tag === 'workflow.name' || tag.startsWith('=workflow.name') ? 'example-x7k2p' : '7';
  });
}
