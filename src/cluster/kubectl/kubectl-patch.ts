import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RequestOptions } from '../options.ts';

/** What a path of the API server names. */
interface Named {
  /** As kubectl takes it: `jobs.v1.batch`, `pods`. */
  readonly type: string;
  readonly name: string;
  readonly namespace: string | undefined;
  readonly subresource: string | undefined;
}

const PATH = /^\/(?:api|apis\/([^/]+))\/([^/]+)(?:\/namespaces\/([^/]+))?\/([a-z]+)\/([^/]+)(?:\/(status|scale))?$/;

const TYPES: { readonly [contentType: string]: string } = {
  'application/merge-patch+json': 'merge',
  'application/json-patch+json': 'json',
  'application/strategic-merge-patch+json': 'strategic',
};

/**
 * kubectl sends no PATCH as it is. The arguments with which it does the same; the body comes through its standard input, so that nothing
 * has to be quoted for whatever stands between. undefined: there is no such command.
 */
export function patchArguments(path: string, { contentType = '', query = {} }: RequestOptions): string[] | undefined {
  const named = nameIn(path);
  if (named === undefined) return undefined;
  const common = [
    ...(named.namespace === undefined ? [] : [`--namespace=${named.namespace}`]),
    ...(query['fieldManager'] === undefined ? [] : [`--field-manager=${query['fieldManager']}`]),
    ...(query['dryRun'] === 'All' ? ['--dry-run=server'] : []),
    ...(named.subresource === undefined ? [] : [`--subresource=${named.subresource}`]),
    '--output=json',
  ];
  if (contentType === 'application/apply-patch+yaml') {
    const force = query['force'] === true ? ['--force-conflicts'] : [];
    const validate = `--validate=${query['fieldValidation'] === 'Strict' ? 'strict' : 'ignore'}`;
    return ['apply', '--server-side', ...force, validate, ...common, '--filename=-'];
  }
  const type = TYPES[contentType];
  if (type === undefined) return undefined;
  return ['patch', named.type, named.name, `--type=${type}`, '--patch-file=/dev/stdin', ...common];
}

function nameIn(path: string): Named | undefined {
  const [match, group, version, namespace, plural, name, subresource] = PATH.exec(path) ?? [];
  if (match === undefined) return undefined;
  const type = group === undefined ? plural! : `${plural}.${version}.${group}`;
  return { type, name: decodeURIComponent(name!), namespace: namespace && decodeURIComponent(namespace), subresource };
}

/**
 * A file that only we can read and that has no name any more, with this text: what Node gives a process as its standard input is a socket,
 * which `/dev/stdin` cannot be opened as. Close it.
 */
export function namelessFile(text: string): number {
  const folder = mkdtempSync(join(tmpdir(), 'podloom-kubectl-'));
  try {
    const file = join(folder, 'body');
    writeFileSync(file, text, { mode: 0o600 });
    return openSync(file, 'r');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
