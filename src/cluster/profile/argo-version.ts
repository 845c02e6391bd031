/** `3.7` of `quay.io/argoproj/workflow-controller:v3.7.4`. undefined: no image of Argo's controller, or no version in its tag. */
export function argoOfImage(image: string): string | undefined {
  const match = /(?:^|\/)(?:argo-)?workflow-controller:v?(\d+)\.(\d+)(?:[.-]|$)/.exec(image);
  return match === null ? undefined : `${match[1]}.${match[2]}`;
}

interface Schema {
  readonly properties?: { readonly [field: string]: Schema | undefined };
  readonly items?: Schema;
}

/**
 * The oldest version whose WorkflowTemplates have the fields that the server's schema has: artifact plugins came with 4.0,
 * `podResources` with 4.1 (api/jsonschema/schema.json of 3.7.4, 4.0 and 4.1.2). undefined: the minimal CRDs are installed,
 * which have no fields. `openapi`: /openapi/v3/apis/argoproj.io/v1alpha1.
 */
export function argoOfSchema(openapi: unknown): string | undefined {
  const { components } = openapi as { components?: { schemas?: { [name: string]: Schema | undefined } } };
  const schemas = Object.entries(components?.schemas ?? {});
  const template = schemas.find(([name]) => name.endsWith('.WorkflowTemplate'))?.[1];
  const fields = template?.properties?.['spec']?.properties?.['templates']?.items?.properties;
  if (fields === undefined) return undefined;
  if (fields['podResources'] !== undefined) return '4.1';
  const artifact = fields['inputs']?.properties?.['artifacts']?.items?.properties;
  return artifact?.['plugin'] === undefined ? '3.7' : '4.0';
}
