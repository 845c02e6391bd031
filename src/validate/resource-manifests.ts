import type { Json, JsonObject } from '../ir/scalar.ts';
import { isObject, type Path } from './path.ts';

/** A manifest that an Argo `resource` template creates. */
export interface ResourceManifest {
  /** Of the text in the Workflow. */
  readonly path: Path;
  /** Name of the template. */
  readonly template: string;
  readonly text: string;
}

/** Actions that send the whole object. What others send (patch, get, delete) is only a part of one. */
const WHOLE: ReadonlySet<Json | undefined> = new Set(['apply', 'create', 'replace']);

/** All manifests in the templates of a Workflow, WorkflowTemplate, … Inline templates of DAG tasks and steps too. */
export function findResourceManifests(object: JsonObject): readonly ResourceManifest[] {
  if (!String(object.apiVersion).startsWith('argoproj.io/')) return [];
  const found: ResourceManifest[] = [];
  const visit = (value: Json | undefined, path: Path, template: string): void => {
    if (Array.isArray(value)) {
      value.forEach((item, index) => void visit(item, [...path, index], template));
      return;
    }
    if (!isObject(value)) return;
    const inside = typeof value.name === 'string' ? value.name : template;
    const { resource } = value;
    if (isObject(resource) && WHOLE.has(resource.action) && typeof resource.manifest === 'string') {
      found.push({ path: [...path, 'resource', 'manifest'], template: inside, text: resource.manifest });
    }
    for (const key of ['spec', 'workflowSpec', 'templates', 'dag', 'tasks', 'steps', 'inline']) {
      if (value[key] !== undefined) visit(value[key], [...path, key], inside);
    }
  };
  visit(object, [], '');
  return found;
}
