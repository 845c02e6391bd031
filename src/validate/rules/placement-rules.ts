import type { Place } from './place.ts';
import { expressions, labelSelector, labels, qualifiedName } from './words.ts';

/** Where pods may go (validateAffinity, validateTopologySpreadConstraints, ValidateTolerations of Kubernetes 1.36). */
export function placementRules(spec: Place): void {
  labels(spec.at('nodeSelector'));
  const affinity = spec.at('affinity');
  nodeRules(affinity.at('nodeAffinity'));
  for (const kind of ['podAffinity', 'podAntiAffinity']) podRules(affinity.at(kind));
  spreadRules(spec.at('topologySpreadConstraints'));
  for (const toleration of spec.at('tolerations').items) tolerationRules(toleration);
}

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';
const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'];

function nodeRules(affinity: Place): void {
  const required = affinity.at(REQUIRED);
  const terms = required.at('nodeSelectorTerms');
  if (required.value !== undefined && terms.items.length === 0) terms.refuse('is empty, and matches no node');
  for (const term of terms.items) expressions(term.at('matchExpressions'), OPERATORS);
  for (const one of affinity.at(PREFERRED).items) {
    one.at('weight').between(1, 100);
    expressions(one.at('preference').at('matchExpressions'), OPERATORS);
  }
}

function podRules(affinity: Place): void {
  for (const term of affinity.at(REQUIRED).items) termRules(term);
  for (const one of affinity.at(PREFERRED).items) {
    one.at('weight').between(1, 100);
    termRules(one.at('podAffinityTerm'));
  }
}

function termRules(term: Place): void {
  qualifiedName(term.at('topologyKey'));
  labelSelector(term.at('labelSelector'));
  labelSelector(term.at('namespaceSelector'));
  for (const keys of ['matchLabelKeys', 'mismatchLabelKeys']) {
    if (term.has(keys) && !term.has('labelSelector')) term.at(keys).refuse('is there without a labelSelector');
  }
}

function spreadRules(constraints: Place): void {
  constraints.unique('topologyKey', 'whenUnsatisfiable');
  for (const constraint of constraints.items) {
    constraint.at('maxSkew').between(1, Number.POSITIVE_INFINITY);
    constraint.at('minDomains').between(1, Number.POSITIVE_INFINITY);
    qualifiedName(constraint.at('topologyKey'));
    labelSelector(constraint.at('labelSelector'));
    if (constraint.has('minDomains') && constraint.at('whenUnsatisfiable').text === 'ScheduleAnyway') {
      constraint.at('minDomains').refuse('is there, and ScheduleAnyway takes none');
    }
    if (constraint.at('matchLabelKeys').items.length > 0 && !constraint.has('labelSelector')) {
      constraint.at('matchLabelKeys').refuse('is there without a labelSelector');
    }
  }
}

function tolerationRules(toleration: Place): void {
  const { text: key } = toleration.at('key');
  const operator = toleration.at('operator').text ?? 'Equal';
  if (key) qualifiedName(toleration.at('key'));
  else if (operator !== 'Exists' && !toleration.has('key'))
    toleration.refuse('has no key, and only Exists goes without one');
  if (operator === 'Exists' && toleration.at('value').text)
    toleration.at('value').refuse('is there, and Exists takes none');
  const effect = toleration.at('effect').text;
  if (toleration.has('tolerationSeconds') && effect !== undefined && effect !== 'NoExecute') {
    toleration.at('tolerationSeconds').refuse(`is there, and only NoExecute has it, not ${effect}`);
  }
}
