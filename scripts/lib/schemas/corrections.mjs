/**
 * What the packages get wrong or do not have yet, corrected before anything else is made from them.
 * Each correction fails when it has become unnecessary, so that none outlives its reason.
 */

const reference = (name) => ({ $ref: name });
const list = (items) => ({ type: 'array', items });
const object = (properties, required) => ({ type: 'object', properties, required });

/** Fields by definition. Sources: Argo Workflows 4.1.2 api/jsonschema/schema.json; Kubernetes 1.36 scheduling/v1 types.go. */
const FIELDS = {
  // kubernetes-models takes a field that is called `description` for the description of the type.
  SchedulingV1PriorityClass: { description: { type: 'string' } },
  ArgoParameter: { description: { type: 'string' } },
  // @kubernetes-models/argo-workflows 2.0.0 is Argo 4.0; these came with 4.1 (src/validate/since.ts gates them).
  ArgoTemplate: {
    pendingTimeout: { type: 'string' },
    podResources: reference('CoreV1ResourceRequirements'),
    resourceClaims: list(reference('CoreV1PodResourceClaim')),
  },
  ArgoWorkflowSpec: {
    executorPlugins: list(reference('ArgoExecutorPlugin')),
    podResources: reference('CoreV1ResourceRequirements'),
    resourceClaims: list(reference('CoreV1PodResourceClaim')),
  },
  ArgoS3Artifact: { addressingStyle: { type: 'string' } },
  ArgoHTTPArtifact: { saveStreamViaFile: { type: 'boolean' } },
  // Argo 3.7 has them still; since.ts says what replaced them.
  ArgoCronWorkflowSpec: { schedule: { type: 'string' } },
  ArgoSynchronization: { mutex: reference('ArgoMutex'), semaphore: reference('ArgoSemaphoreRef') },
};

/** Whole definitions that the packages lack. */
const DEFINITIONS = {
  ArgoExecutorPlugin: object(
    {
      metadata: reference('MetaV1ObjectMeta'),
      spec: object({ sidecar: reference('ArgoExecutorPluginSidecar') }, ['sidecar']),
    },
    ['metadata', 'spec'],
  ),
  ArgoExecutorPluginSidecar: object(
    { automountServiceAccountToken: { type: 'boolean' }, container: reference('CoreV1Container') },
    ['container'],
  ),
};

/** @param {Map<string, any>} definitions changed in place */
export function correct(definitions) {
  for (const [name, fields] of Object.entries(FIELDS)) {
    const { properties } = definitions.get(name);
    for (const [field, schema] of Object.entries(fields)) {
      if (field in properties) throw new Error(`${name}.${field} is in the package now: remove the correction`);
      properties[field] = schema;
    }
  }
  for (const [name, schema] of Object.entries(DEFINITIONS)) {
    if (definitions.has(name)) throw new Error(`${name} is in the package now: remove the correction`);
    definitions.set(name, schema);
  }
  correctContainers(definitions);
  // A group of steps is a list in YAML (its own UnmarshalJSON); the Go struct, which the package shows, is not what people write.
  definitions.set('ArgoParallelSteps', list(reference('ArgoWorkflowStep')));
}

/**
 * The container of an Argo template needs no name ("main" is filled in), the one of a pod does.
 * Argo's own schema relaxes it in the same way.
 */
function correctContainers(definitions) {
  const container = definitions.get('CoreV1Container');
  if (!container.required?.includes('name')) throw new Error('a container needs no name: remove the correction');
  const { required, ...unnamed } = container;
  definitions.set('ArgoTemplateContainer', { ...unnamed, required: required.filter((field) => field !== 'name') });
  definitions.get('ArgoTemplate').properties.container = reference('ArgoTemplateContainer');
  definitions.get('ArgoScriptTemplate').allOf = [reference('ArgoTemplateContainer')];
}
