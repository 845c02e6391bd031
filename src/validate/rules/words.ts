import { isDnsLabel, isDnsSubdomain } from '../../units/dns-name.ts';
import { labelKeyProblem, labelValueProblem } from '../../units/label.ts';
import type { Place } from './place.ts';

/** Kubernetes' own kinds of names, as rules of a place. */
export const dnsLabel = (place: Place): void =>
  place.fits(isDnsLabel, 'at most 63 lower-case letters, digits and "-", with a letter or digit at both ends');
export const dnsName = (place: Place): void =>
  place.fits(isDnsSubdomain, 'a DNS name: lower-case letters, digits, "-" and "."');
/** `name` or `prefix/name`, as the key of a label. */
export const qualifiedName = (place: Place): void =>
  place.fits((text) => labelKeyProblem(text) === undefined, 'a name such as "example.com/name" or "name"');
export const configKey = (place: Place): void =>
  place.fits(
    (text) => /^[-._a-zA-Z0-9]{1,253}$/.test(text) && !/^\.\.?$|^\.\./.test(text),
    'letters, digits, "-", "_" and "."',
  );

/** A path below something: relative, and never above it. */
export const pathBelow = (place: Place): void =>
  place.fits((text) => !text.startsWith('/') && !text.split('/').includes('..'), 'a relative path without ".."');

export function labels(place: Place): void {
  for (const [key, value] of place.fields) {
    if (key.includes('{{')) continue;
    const problem = labelKeyProblem(key);
    if (problem !== undefined) value.refuse(`has a key that ${problem}`);
    else if (value.text !== undefined) {
      const wrong = labelValueProblem(value.text);
      if (wrong !== undefined) value.refuse(`is ${JSON.stringify(value.text)}, which ${wrong}`);
    }
  }
}

/** `labelSelector` and the selectors of a node: how many values an operator takes. */
export function expressions(place: Place, operators: readonly string[]): void {
  for (const expression of place.items) {
    qualifiedName(expression.at('key'));
    const operator = expression.at('operator');
    operator.fits((text) => operators.includes(text), `one of ${operators.join(', ')}`);
    const values = expression.at('values');
    const count = values.items.length;
    const { text } = operator;
    if ((text === 'In' || text === 'NotIn') && count === 0) expression.refuse(`has ${text} without values`);
    if ((text === 'Exists' || text === 'DoesNotExist') && count > 0) values.refuse(`is there, and ${text} takes none`);
    if ((text === 'Gt' || text === 'Lt') && count !== 1) expression.refuse(`has ${text} without exactly one value`);
  }
}

export function labelSelector(place: Place): void {
  labels(place.at('matchLabels'));
  expressions(place.at('matchExpressions'), ['In', 'NotIn', 'Exists', 'DoesNotExist']);
}
