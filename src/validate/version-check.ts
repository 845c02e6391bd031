import type { Profile } from '../ir/profile.ts';
import type { Json } from '../ir/scalar.ts';
import { formatPath, isObject, type Path } from './path.ts';
import type { Subject } from './report.ts';
import type { VersionPaths } from './schemas.ts';
import { type VersionedField, versionedFields } from './since.ts';

const byDefinition = Map.groupBy(versionedFields, (field) => field.definition);

/** Fields that the profile's versions do not have, not any more, or only behind a feature gate. */
export function checkVersions(subject: Subject, definition: string, paths: VersionPaths): void {
  // One list for the whole walk: it is copied only for what is reported.
  const path: (string | number)[] = [];
  const enter = (key: string | number, value: Json | undefined, current: string): void => {
    path.push(key);
    visit(value, current);
    path.pop();
  };
  const visit = (value: Json | undefined, current: string): void => {
    if (Array.isArray(value)) {
      const element = paths[current]?.['[]'] ?? current;
      for (let index = 0; index < value.length; index++) enter(index, value[index], element);
      return;
    }
    if (!isObject(value)) return;
    for (const field of byDefinition.get(current) ?? []) {
      if (value[field.field] !== undefined) checkField(subject, field, [...path, field.field]);
    }
    const children = paths[current];
    if (children === undefined) return;
    for (const key of Object.keys(value)) {
      const child = children[key] ?? children['*'];
      if (child !== undefined) enter(key, value[key], child);
    }
  };
  visit(subject.object, definition);
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
