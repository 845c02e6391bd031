import { resolve } from 'node:path';
import type { Collector, Place } from '../diagnostics/collector.ts';
import type { KubeconformResult } from './kubeconform.ts';

/**
 * What kubeconform refuses, as diagnostics. Files in which podloom's own validation has found an error are left out, because
 * both would say the same. `placeOf` may lead back to the construct; the default is the start of the file.
 */
export function reportKubeconform(
  results: readonly KubeconformResult[],
  diagnostics: Collector,
  placeOf: (result: KubeconformResult) => Place = startOfFile,
): void {
  const found = new Set(
    diagnostics
      .sorted()
      .filter(({ severity }) => severity === 'error')
      .map(({ location }) => location?.file),
  );
  for (const result of results) {
    if (result.status === 'valid' || result.status === 'skipped' || found.has(resolve(result.file))) continue;
    const object = result.name === '' ? result.kind || 'a document' : `${result.kind} ${JSON.stringify(result.name)}`;
    diagnostics.report('PL327', { object, problem: readable(result.message) }, placeOf(result));
  }
}

function startOfFile({ file }: KubeconformResult): Place {
  return { location: { file: resolve(file), line: 1, column: 1 } };
}

/** One line, without the words that say only that there is a problem. */
function readable(message: string): string {
  return message
    .replace(/\s*\n\s*-?\s*/g, ' ')
    .replace(/^problem validating schema\. Check JSON formatting: /, '')
    .replace(/^error unmarshalling resource: /, '')
    .trim();
}
