import { readFileSync } from 'node:fs';
import path from 'node:path';
import { AccessError } from './errors.ts';

export type Fields = { readonly [field: string]: unknown };

/** An entry of `clusters`, `users` or `contexts`, and the folder that its relative paths start at. */
export interface Entry {
  readonly fields: Fields;
  readonly folder: string;
}

/** One or several kubeconfig files as one; as for kubectl, what is named first counts. */
export interface Kubeconfig {
  readonly currentContext: string | undefined;
  readonly contexts: ReadonlyMap<string, Entry>;
  readonly clusters: ReadonlyMap<string, Entry>;
  readonly users: ReadonlyMap<string, Entry>;
}

/** `mayLack`: files of this list that are not there are passed over. */
export async function readKubeconfig(files: readonly string[], mayLack: boolean): Promise<Kubeconfig | undefined> {
  const contexts = new Map<string, Entry>();
  const clusters = new Map<string, Entry>();
  const users = new Map<string, Entry>();
  let currentContext: string | undefined;
  let found = false;
  for (const file of files) {
    const document = await readDocument(file, mayLack);
    if (document === undefined) continue;
    found = true;
    const folder = path.dirname(path.resolve(file));
    currentContext ??= textOf(document, 'current-context');
    collect(document['contexts'], 'context', folder, contexts);
    collect(document['clusters'], 'cluster', folder, clusters);
    collect(document['users'], 'user', folder, users);
  }
  return found ? { currentContext, contexts, clusters, users } : undefined;
}

async function readDocument(file: string, mayLack: boolean): Promise<Fields | undefined> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (mayLack && code === 'ENOENT') return undefined;
    const problem = code === 'ENOENT' ? 'is not there' : `cannot be read (${code})`;
    throw new AccessError(
      `the kubeconfig ${file} ${problem}`,
      'Name one that is there, with `--kubeconfig` or KUBECONFIG.',
    );
  }
  let value: unknown;
  try {
    const { parse } = await import('yaml');
    value = parse(text);
  } catch (error) {
    const [line] = (error as Error).message.split('\n', 1);
    throw new AccessError(`the kubeconfig ${file} is not YAML: ${line}`, 'Correct it.', { cause: error });
  }
  return fieldsOf(value) ?? {};
}

function collect(list: unknown, field: string, folder: string, into: Map<string, Entry>): void {
  if (!Array.isArray(list)) return;
  for (const entry of list.map(fieldsOf)) {
    const name = entry && textOf(entry, 'name');
    if (name === undefined || into.has(name)) continue;
    into.set(name, { fields: fieldsOf(entry?.[field]) ?? {}, folder });
  }
}

export function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** A text that is there and not empty. */
export function textOf(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** PEM from `<name>-data` (base64), else from the file `<name>`. */
export function pemOf({ fields, folder }: Entry, name: string): string | undefined {
  const data = textOf(fields, `${name}-data`);
  if (data !== undefined) return Buffer.from(data, 'base64').toString('utf8');
  const file = textOf(fields, name);
  if (file === undefined) return undefined;
  try {
    return readFileSync(path.resolve(folder, file), 'utf8');
  } catch (error) {
    throw new AccessError(`\`${name}\` cannot be read: ${(error as Error).message}`, 'Correct the kubeconfig.', {
      cause: error,
    });
  }
}
