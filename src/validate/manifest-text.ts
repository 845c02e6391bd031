import { isMap, parseAllDocuments } from 'yaml';
import type { JsonObject } from '../ir/scalar.ts';
import { kubernetesYaml } from './kubernetes-yaml.ts';
import { withoutTags } from './placeholder.ts';

/** The objects in the text of a manifest, tags replaced by a placeholder; or why there is none. Imports yaml: load it late. */
export function parseManifest(manifest: string): readonly JsonObject[] | { readonly problem: string } {
  const text = withoutTags(manifest);
  const objects: JsonObject[] = [];
  for (const document of parseAllDocuments(text, kubernetesYaml)) {
    const [error] = document.errors;
    if (error !== undefined) {
      // A tag may stand for a whole part of the text, which then is no YAML without it.
      return text === manifest ? { problem: error.message.split('\n', 1)[0] as string } : [];
    }
    if (isMap(document.contents)) objects.push(document.toJS() as JsonObject);
    else if (document.contents !== null && text === manifest) return { problem: 'it is not an object' };
  }
  return objects;
}
