import type { Json } from '../ir/scalar.ts';
import { didYouMean } from '../units/suggest.ts';
import { describeValue, formatPath, isObject, type Path, pathOfPointer, valueAt } from './path.ts';
import { PLACEHOLDER } from './placeholder.ts';
import type { Subject } from './report.ts';
import { knownFields, type SchemaError, type Validator } from './schemas.ts';

/** One diagnostic for each way in which the object differs from the schema of its kind. True when it does in none. */
export function checkSchema(subject: Subject, validate: Validator): boolean {
  if (validate(subject.object)) return true;
  const defects = new Set<string>();
  for (const error of validate.errors ?? []) {
    const path = pathOfPointer(error.instancePath, subject.object);
    const value = valueAt(subject.object, path);
    if (holdsPlaceholder(value)) continue;
    // The value of a wrong type fails the pattern of its type too: the first is enough. Fields are defects of their own.
    const key = `${error.instancePath} ${error.params.additionalProperty ?? error.params.missingProperty ?? ''}`;
    if (defects.has(key)) continue;
    defects.add(key);
    reportDefect(subject, error, path, value);
  }
  return defects.size === 0;
}

function reportDefect(subject: Subject, error: SchemaError, path: Path, value: Json | undefined): void {
  const { object, name, report } = subject;
  if (error.keyword === 'additionalProperties') {
    const field = String(error.params.additionalProperty);
    const fields = knownFields(String(object.apiVersion), String(object.kind), path);
    const otherwise = `Remove it, or look for its right place. Fields there are ${fields.join(', ')}.`;
    const at = [...path, field];
    report('PL310', { object: name, path: formatPath(at), help: didYouMean(field, fields, otherwise) }, at, 'key');
  } else if (error.keyword === 'required') {
    report('PL312', { object: name, path: formatPath([...path, String(error.params.missingProperty)]) }, path);
  } else {
    const expected = expectation(error);
    const help = valueHelp(error, value);
    report('PL311', { object: name, path: formatPath(path), expected, value: describeValue(value), help }, path);
  }
}

const TYPES: { readonly [type: string]: string } = {
  array: 'a list',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  object: 'an object',
  string: 'text',
};

function expectation({ keyword, params }: SchemaError): string {
  switch (keyword) {
    case 'type':
      return ([params.type].flat() as string[]).map((type) => TYPES[type] ?? type).join(' or ');
    case 'enum':
      return (params.allowedValues as string[]).map((value) => JSON.stringify(value)).join(' or ');
    case 'minimum':
      return `${params.limit} or more`;
    case 'maximum':
      return `${params.limit} or less`;
    default:
      return `text that matches ${params.pattern}`;
  }
}

function valueHelp({ keyword, params }: SchemaError, value: Json | undefined): string {
  if (value === null) return 'Leave the field out instead of setting it to null.';
  if (keyword === 'enum' && typeof value === 'string') {
    return didYouMean(value, params.allowedValues as string[], 'Write one of these values.');
  }
  const types = keyword === 'type' ? ([params.type].flat() as string[]) : [];
  if (typeof value === 'string' && types.some((type) => type === 'integer' || type === 'number')) {
    return 'Write it without quotes.';
  }
  if (types.length === 1 && types[0] === 'string' && !isObject(value) && !Array.isArray(value))
    return 'Write it in quotes.';
  return 'Correct the value.';
}

function holdsPlaceholder(value: Json | undefined): boolean {
  return typeof value === 'string' && value.includes(PLACEHOLDER);
}
