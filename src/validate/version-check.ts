import type { Profile } from '../ir/profile.ts';
import type { Json } from '../ir/scalar.ts';
import { formatPath, isObject, type Path } from './path.ts';
import type { Subject } from './report.ts';
import type { VersionPaths } from './schemas.ts';
import { type VersionedField, versionedFields } from './since.ts';

const byDefinition = Map.groupBy(versionedFields, (field) => field.definition);

/** Fields that the profile's versions do not have, not any more, or only behind a feature gate. */
export function checkVersions(subject: Subject, definition: string, paths: VersionPaths): void {
  const visit = (value: Json | undefined, current: string, path: Path): void => {
    if (Array.isArray(value)) {
      const element = paths[current]?.['[]'] ?? current;
      value.forEach((item, index) => void visit(item, element, [...path, index]));
      return;
    }
    if (!isObject(value)) return;
    for (const field of byDefinition.get(current) ?? []) {
      if (value[field.field] !== undefined) checkField(subject, field, [...path, field.field]);
    }
    const children = paths[current];
    if (children === undefined) return;
    const values = children['*'];
    if (values !== undefined) {
      for (const key of Object.keys(value)) visit(value[key], values, [...path, key]);
      return;
    }
    for (const key of Object.keys(value)) {
      const child = children[key];
      if (child !== undefined) visit(value[key], child, [...path, key]);
    }
  };
  visit(subject.object, definition, []);
}

function checkField({ name, profile, report }: Subject, field: VersionedField, path: Path): void {
  const version = versionOf(field, profile);
  const common = { object: name, path: formatPath(path), product: field.product, version };
  if (field.removed !== undefined && compareVersions(version, field.removed) >= 0) {
    report('PL315', { ...common, removed: field.removed, instead: field.instead }, path, 'key');
  } else if (field.since !== undefined && compareVersions(version, field.since) < 0) {
    report('PL313', { ...common, since: field.enabled ?? field.since }, path, 'key');
  } else if (field.gate !== undefined && (field.enabled === undefined || compareVersions(version, field.enabled) < 0)) {
    report('PL314', { ...common, gate: field.gate, enabled: field.enabled }, path, 'key');
  }
}

function versionOf(field: VersionedField, profile: Profile): string {
  return field.product === 'Kubernetes' ? profile.kubernetes : profile.argo;
}

/** `1.9` < `1.28`. */
function compareVersions(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA - majorB || minorA - minorB;
}
