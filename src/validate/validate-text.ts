import { LineCounter, parseAllDocuments } from 'yaml';
import type { Collector } from '../diagnostics/collector.ts';
import type { Profile } from '../ir/profile.ts';
import type { Json } from '../ir/scalar.ts';
import { kubernetesYaml } from './kubernetes-yaml.ts';
import { describeObject, type Path } from './path.ts';
import type { Report } from './report.ts';
import type { Validation } from './validate-manifests.ts';
import { isManifest, validateObject } from './validate-object.ts';
import { offsetOf } from './yaml-place.ts';

/**
 * Every document of a YAML (or JSON) file, with diagnostics at their line and column. `List` objects are opened.
 * @param file absolute path, for the locations
 */
export async function validateText(
  file: string,
  text: string,
  profile: Profile,
  diagnostics: Collector,
): Promise<Validation> {
  const lines = new LineCounter();
  const unknown = new Set<string>();
  let checked = 0;
  for (const document of parseAllDocuments(text, { ...kubernetesYaml, lineCounter: lines })) {
    const at = (offset: number) => {
      const { line, col } = lines.linePos(offset);
      return { location: { file, line, column: col } };
    };
    // The first error often makes the others.
    const [error] = document.errors;
    if (error !== undefined) diagnostics.report('PL325', { problem: firstLine(error.message) }, at(error.pos[0]));
    if (error !== undefined || document.contents === null) continue;
    const value = document.toJS() as Json;
    if (!isManifest(value)) {
      diagnostics.report(
        'PL324',
        { what: 'This document', problem: 'it is not an object' },
        at(document.contents.range?.[0] ?? 0),
      );
      continue;
    }
    for (const { object, path } of objectsOf(value)) {
      const report: Report = (code, params, inside, kind = 'value') =>
        diagnostics.report(code, params, at(offsetOf(document, [...path, ...inside], kind)));
      const result = await validateObject({ object, name: describeObject(object), profile, report }, { gitops: false });
      if (result.known) checked++;
      else unknown.add(`${String(object.apiVersion)} ${String(object.kind)}`);
    }
  }
  return { checked, unknownKinds: [...unknown].sort() };
}

/** The objects of a `List`, or the object itself. */
function objectsOf(object: { readonly [key: string]: Json }) {
  if (object.apiVersion !== 'v1' || object.kind !== 'List' || !Array.isArray(object.items))
    return [{ object, path: [] as Path }];
  return object.items.flatMap((item: Json, index) =>
    isManifest(item) ? [{ object: item, path: ['items', index] as Path }] : [],
  );
}

function firstLine(text: string): string {
  return (text.split('\n', 1)[0] as string).replace(/ at line \d+, column \d+:?$/, '');
}
