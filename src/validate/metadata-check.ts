import type { Json } from '../ir/scalar.ts';
import { isDnsLabel, isDnsSubdomain, isRfc1035Label } from '../units/dns-name.ts';
import { labelKeyProblem, labelValueProblem } from '../units/label.ts';
import { describeValue, formatPath, isObject, type Path, valueAt } from './path.ts';
import type { Subject } from './report.ts';

/** Where an object has labels and annotations: its own, and those of what it makes. `*` is every element of a list. */
const METADATA: readonly Path[] = [
  ['metadata'],
  ['spec', 'template', 'metadata'],
  ['spec', 'jobTemplate', 'metadata'],
  ['spec', 'jobTemplate', 'spec', 'template', 'metadata'],
];
const ARGO_METADATA: readonly Path[] = [
  ['metadata'],
  ...[['spec'], ['spec', 'workflowSpec']].flatMap((spec) => [
    [...spec, 'workflowMetadata'],
    [...spec, 'podMetadata'],
    [...spec, 'templateDefaults', 'metadata'],
    [...spec, 'templates', '*', 'metadata'],
  ]),
];

/** What a name must be, by kind; for all others a DNS subdomain (apimachinery validation, batch and Argo validation). */
const NAMES: { readonly [kind: string]: readonly [test: (name: string) => boolean, rule: string] } = {
  Namespace: [isDnsLabel, 'at most 63 lower-case letters, digits and "-"'],
  Service: [isRfc1035Label, 'at most 63 lower-case letters, digits and "-", and starts with a letter'],
  Job: [
    (name) => isDnsSubdomain(name) && name.length <= 63,
    'a DNS name of at most 63 characters, because it is also a label',
  ],
  CronJob: [
    (name) => isDnsSubdomain(name) && name.length <= 52,
    'a DNS name of at most 52 characters, so that Jobs can be named after it',
  ],
  CronWorkflow: [
    (name) => isDnsSubdomain(name) && name.length <= 52,
    'a DNS name of at most 52 characters, so that Workflows can be named after it',
  ],
};
const DNS_NAME = [isDnsSubdomain, 'a DNS name: lower-case letters, digits, "-" and "."'] as const;

/** Names of RBAC objects are free but for what a URL cannot have (rbac validation: IsValidPathSegmentName). */
const PATH_SEGMENT = [
  (name: string) => !/^\.{1,2}$|[/%]/.test(name),
  'neither "." nor ".." and has no "/" or "%"',
] as const;

/**
 * Names, label and annotation keys and label values, which the schemas take as any text.
 * @param named whether the object must have a name. Files such as kustomization.yaml look like objects and have none.
 */
export function checkMetadata(subject: Subject, { named }: { readonly named: boolean }): void {
  checkName(subject, named);
  const argo = String(subject.object.apiVersion).startsWith('argoproj.io/');
  for (const path of argo ? ARGO_METADATA : METADATA) {
    for (const [at, metadata] of expand(subject.object, path)) {
      checkKeys(subject, valueAt(metadata, ['labels']), [...at, 'labels'], true);
      checkKeys(subject, valueAt(metadata, ['annotations']), [...at, 'annotations'], false);
    }
  }
}

function checkName({ object, name: described, report }: Subject, named: boolean): void {
  const name = valueAt(object, ['metadata', 'name']);
  const prefix = valueAt(object, ['metadata', 'generateName']);
  if (name === undefined) {
    if (named && typeof prefix !== 'string')
      report('PL312', { object: described, path: 'metadata.name' }, ['metadata']);
    return;
  }
  if (typeof name !== 'string') return;
  const kind = String(object.kind);
  const [test, rule] = String(object.apiVersion).startsWith('rbac.') ? PATH_SEGMENT : (NAMES[kind] ?? DNS_NAME);
  if (!test(name)) report('PL321', { kind, name, rule }, ['metadata', 'name']);
}

function checkKeys({ name, report }: Subject, values: Json | undefined, path: Path, labels: boolean): void {
  if (!isObject(values)) return;
  for (const [key, value] of Object.entries(values)) {
    // Argo fills tags in while it runs.
    if (key.includes('{{') || (typeof value === 'string' && value.includes('{{'))) continue;
    const at = [...path, key];
    const keyProblem = labelKeyProblem(labels ? key : key.toLowerCase());
    if (keyProblem !== undefined) {
      report('PL320', { object: name, path: formatPath(at), what: 'The key', problem: keyProblem }, at, 'key');
    }
    const valueProblem = labels && typeof value === 'string' ? labelValueProblem(value) : undefined;
    if (valueProblem !== undefined) {
      report(
        'PL320',
        { object: name, path: formatPath(at), what: `The value ${describeValue(value)}`, problem: valueProblem },
        at,
      );
    }
  }
}

/** The places that a path with `*` in it means. */
function expand(root: Json | undefined, path: Path): [Path, Json][] {
  const star = path.indexOf('*');
  const head = star < 0 ? path : path.slice(0, star);
  const value = valueAt(root, head);
  if (value === undefined) return [];
  if (star < 0) return [[path, value]];
  if (!Array.isArray(value)) return [];
  return value.flatMap((element, index) =>
    expand(element, path.slice(star + 1)).map(([at, found]): [Path, Json] => [[...head, index, ...at], found]),
  );
}
