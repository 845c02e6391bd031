import type { Place } from './place.ts';
import { podRules } from './pod-rules.ts';
import { qualifiedName } from './words.ts';

/** Rules of a Job's spec (ValidateJobSpec in pkg/apis/batch/validation/validation.go of Kubernetes 1.36). */
export function jobRules(spec: Place): void {
  const counts = ['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished'];
  for (const count of [...counts, 'backoffLimitPerIndex', 'maxFailedIndexes']) {
    spec.at(count).between(0, Number.POSITIVE_INFINITY);
  }
  indexRules(spec);
  const policy = spec.at('podFailurePolicy');
  if (policy.value !== undefined) failureRules(policy, spec);
  selectorRules(spec);
  const managedBy = /^[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?\/[^\s/]+$/;
  spec
    .at('managedBy')
    .fits((text) => managedBy.test(text) && text.length <= 63, 'a path with a domain, such as acme.io/foo');
  annotationRules(spec.at('template').at('metadata').at('annotations'));
  const pod = spec.at('template').at('spec');
  podRules(pod);
  const restart = pod.at('restartPolicy');
  if (restart.value === undefined) pod.refuse('has no restartPolicy: Never or OnFailure');
  restart.fits((text) => text === 'Never' || text === 'OnFailure', 'Never or OnFailure');
}

function indexRules(spec: Place): void {
  const indexed = spec.at('completionMode').text === 'Indexed';
  if (!indexed) {
    for (const field of ['backoffLimitPerIndex', 'maxFailedIndexes', 'successPolicy']) {
      if (spec.has(field)) spec.at(field).refuse('is there, and only Indexed Jobs have it');
    }
    return;
  }
  spec.at('parallelism').between(0, 100_000);
  const failed = spec.at('maxFailedIndexes');
  if (failed.value === undefined) return;
  if (!spec.has('backoffLimitPerIndex')) failed.refuse('is there without backoffLimitPerIndex');
  const completions = spec.at('completions').number;
  if (completions !== undefined) failed.between(0, completions);
}

function failureRules(policy: Place, spec: Place): void {
  const pod = spec.at('template').at('spec');
  pod.at('restartPolicy').fits((text) => text === 'Never', 'Never, as there is a podFailurePolicy');
  spec.at('podReplacementPolicy').fits((text) => text === 'Failed', 'Failed, as there is a podFailurePolicy');
  const rules = policy.at('rules');
  if (rules.items.length > 20) rules.refuse(`has ${rules.items.length} rules, and at most 20 fit`);
  const containers = [...pod.at('containers').items, ...pod.at('initContainers').items];
  const known = new Set(containers.map((container) => container.at('name').text));
  for (const rule of rules.items) {
    const conditions = rule.at('onPodConditions');
    const kinds = [
      ...(conditions.items.length > 0 ? ['onPodConditions'] : []),
      ...(rule.has('onExitCodes') ? ['onExitCodes'] : []),
    ];
    if (kinds.length !== 1) rule.refuse('has not exactly one of onExitCodes and onPodConditions');
    if (rule.at('action').text === 'FailIndex' && !spec.has('backoffLimitPerIndex')) {
      rule.at('action').refuse('is FailIndex without backoffLimitPerIndex');
    }
    exitRules(rule.at('onExitCodes'), known);
    for (const condition of conditions.items) {
      qualifiedName(condition.at('type'));
      condition.at('status').fits((text) => ['True', 'False', 'Unknown'].includes(text), 'True, False or Unknown');
    }
  }
}

function exitRules(codes: Place, containers: ReadonlySet<string | undefined>): void {
  codes.at('containerName').fits((text) => containers.has(text), 'a container of the pod');
  const values = codes.at('values');
  const numbers = values.items.map(({ number }) => number ?? 0);
  if (codes.value !== undefined && numbers.length === 0) codes.refuse('has no values');
  if (numbers.length > 255) values.refuse(`has ${numbers.length} values, and at most 255 fit`);
  if (codes.at('operator').text === 'In' && numbers.includes(0)) values.refuse('has 0, which is no failure');
  if (numbers.some((number, index) => index > 0 && number <= (numbers[index - 1] as number))) {
    values.refuse('is not sorted, each number once');
  }
}

function selectorRules(spec: Place): void {
  const manual = spec.at('manualSelector').value === true;
  if (manual && !spec.has('selector')) spec.at('manualSelector').refuse('is true without a selector');
  if (!manual && spec.has('selector'))
    spec.at('selector').refuse('is there, and Kubernetes makes it itself unless manualSelector is true');
}

/** TotalAnnotationSizeLimitB of apimachinery, keys and values. */
const ANNOTATION_BYTES = 262_144;

function annotationRules(annotations: Place): void {
  const bytes = annotations.fields.reduce((sum, [key, { text }]) => sum + Buffer.byteLength(key + (text ?? '')), 0);
  if (bytes > ANNOTATION_BYTES) annotations.refuse(`has ${bytes} bytes, and at most ${ANNOTATION_BYTES} fit`);
}
