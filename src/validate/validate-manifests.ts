import type { Collector } from '../diagnostics/collector.ts';
import type { Origin } from '../diagnostics/location.ts';
import type { BundleFile } from '../ir/bundle.ts';
import type { Profile } from '../ir/profile.ts';
import { describeObject } from './path.ts';
import { ANNOTATIONS_LIMIT } from './size-check.ts';
import { validateObject } from './validate-object.ts';

export interface Validation {
  /** Objects that were held against a schema. */
  readonly checked: number;
  /** Kinds for which there is no schema (users' own CRDs), as `<apiVersion> <kind>`, sorted. */
  readonly unknownKinds: readonly string[];
}

/** Every object of the files against the schema of its kind, the versions of the profile and the limits of the API server. */
export async function validateManifests(
  files: readonly BundleFile[],
  profile: Profile,
  diagnostics: Collector,
): Promise<Validation> {
  const unknown = new Set<string>();
  let checked = 0;
  for (const file of files) {
    let largest: { readonly name: string; readonly size: number; readonly origin: Origin | undefined } | undefined;
    for (const { object, origin } of file.manifests) {
      const name = describeObject(object);
      const result = await validateObject(
        { object, name, profile, report: (code, params) => diagnostics.report(code, params, { origin }) },
        { gitops: file.gitops },
      );
      if (result.known) checked++;
      else unknown.add(`${String(object.apiVersion)} ${String(object.kind)}`);
      if (result.size > (largest?.size ?? ANNOTATIONS_LIMIT)) largest = { name, size: result.size, origin };
    }
    if (largest === undefined) continue;
    const { name, size, origin } = largest;
    diagnostics.report('PL318', { file: file.path, object: name, size }, { origin });
  }
  return { checked, unknownKinds: [...unknown].sort() };
}
