import { isDnsSubdomain } from './dns-name.ts';

const NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

/** What is wrong with the key of a label, annotation or node selector (`prefix/name`, the prefix a DNS name), if anything. */
export function labelKeyProblem(key: string): string | undefined {
  const slash = key.indexOf('/');
  const name = key.slice(slash + 1);
  if (slash >= 0 && !isDnsSubdomain(key.slice(0, slash))) return 'has a prefix before the "/" that is not a DNS name';
  if (name.length > 63) return `has a name of ${name.length} characters: at most 63 fit`;
  if (!NAME.test(name))
    return 'may have only letters, digits, "-", "_" and ".", and starts and ends with a letter or digit';
  return undefined;
}

/** What is wrong with the value of a label, if anything. The empty value is fine. */
export function labelValueProblem(value: string): string | undefined {
  if (value === '') return undefined;
  if (value.length > 63) return `has ${value.length} characters: at most 63 fit`;
  if (!NAME.test(value))
    return 'may have only letters, digits, "-", "_" and ".", and starts and ends with a letter or digit';
  return undefined;
}
