import { valueAt } from './path.ts';
import type { Subject } from './report.ts';

/**
 * What a self-healing GitOps controller undoes: an object that deletes itself is made again and so runs again,
 * and one with a generated name can be neither found nor applied. Texts inside (manifests in Argo templates) are not objects.
 */
export function checkGitOps({ object, name, report }: Subject): void {
  const ttl =
    object.kind === 'Job' ? (['spec', 'ttlSecondsAfterFinished'] as const) : (['spec', 'ttlStrategy'] as const);
  if ((object.kind === 'Job' || object.kind === 'Workflow') && valueAt(object, ttl) !== undefined) {
    report('PL322', { object: name, field: ttl.join('.') }, [...ttl], 'key');
  }
  if (valueAt(object, ['metadata', 'generateName']) !== undefined) {
    report('PL323', { object: name }, ['metadata', 'generateName'], 'key');
  }
}
