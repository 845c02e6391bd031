import type { Json, JsonObject } from '../ir/scalar.ts';
import { checkGitOps } from './gitops-check.ts';
import { checkMetadata } from './metadata-check.ts';
import { describeObject, formatPath } from './path.ts';
import { withoutTags } from './placeholder.ts';
import type { Report, Subject } from './report.ts';
import { findResourceManifests, type ResourceManifest } from './resource-manifests.ts';
import { checkRules } from './rules/index.ts';
import { checkSchema } from './schema-check.ts';
import { loadIndex, loadValidator } from './schemas.ts';
import { checkSize } from './size-check.ts';
import { checkVersions } from './version-check.ts';

export interface Checked {
  /** Whether there is a schema for its kind. */
  readonly known: boolean;
  /** As JSON, in bytes; 0 for what no API server stores. */
  readonly size: number;
}

/** All checks of one object. */
export async function validateObject(subject: Subject, { gitops }: { readonly gitops: boolean }): Promise<Checked> {
  const known = await checkShape(subject);
  if (gitops) checkGitOps(subject);
  for (const manifest of findResourceManifests(subject.object)) await checkManifest(subject, manifest);
  return { known, size: checkSize(subject) };
}

/** What an Argo template creates is checked like what is applied; places in it are that of the whole text. */
async function checkManifest(subject: Subject, { path, template, text }: ResourceManifest): Promise<void> {
  const where = `the manifest in template ${JSON.stringify(template)} of ${subject.name}`;
  const own = readJson(text);
  const objects = own === undefined ? (await import('./manifest-text.ts')).parseManifest(text) : [own];
  if ('problem' in objects) {
    subject.report('PL324', { what: `The text at ${formatPath(path)} (${where})`, problem: objects.problem }, path);
    return;
  }
  for (const object of objects) {
    const report: Report = (code, params) => subject.report(code, params, path);
    await checkShape({ ...subject, object, name: `${describeObject(object)} in ${where}`, report });
  }
}

/**
 * An object in the JSON that podloom writes. Nothing else is JSON that is the same when written again: what YAML reads in
 * another way, or refuses as a key that is there twice, is not taken for it. The parser of YAML takes fifty times as long.
 */
function readJson(text: string): JsonObject | undefined {
  if (!text.startsWith('{\n')) return undefined;
  try {
    const value = JSON.parse(withoutTags(text)) as JsonObject;
    return JSON.stringify(value, undefined, 2) === withoutTags(text) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Schema, rules between fields, versions and metadata. False when there is no schema. */
async function checkShape(subject: Subject): Promise<boolean> {
  const { apiVersion, kind } = subject.object;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') {
    const missing = typeof apiVersion === 'string' ? 'kind' : 'apiVersion';
    subject.report('PL312', { object: subject.name, path: missing }, []);
    return true;
  }
  const { kinds, versionPaths } = await loadIndex();
  const found = kinds[`${apiVersion} ${kind}`];
  if (found === undefined) {
    const served = servedVersion(apiVersion, kind, Object.keys(kinds));
    if (served !== undefined)
      subject.report('PL316', { object: subject.name, apiVersion, kind, served }, ['apiVersion']);
    else checkMetadata(subject, { named: false });
    return served !== undefined;
  }
  if (checkSchema(subject, await loadValidator(found))) checkRules(subject);
  checkVersions(subject, found.definition, versionPaths);
  checkMetadata(subject, { named: true });
  return true;
}

/** The version in which the group of `apiVersion` serves this kind, when it is another one. */
function servedVersion(apiVersion: string, kind: string, kinds: readonly string[]): string | undefined {
  const group = groupOf(apiVersion);
  return kinds
    .map((key) => key.split(' ') as [string, string])
    .find(([api, name]) => name === kind && groupOf(api) === group)?.[0];
}

function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

/** Something that is no Kubernetes object at all has nothing to check. */
export function isManifest(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
