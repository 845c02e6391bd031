import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { execPath } from 'node:process';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { jsonSchemasFolder, kubeconformFile } from './locate.ts';

/** What kubeconform says of one document. */
export interface KubeconformResult {
  /** As it was given. */
  readonly file: string;
  readonly kind: string;
  /** Empty for an object with a generated name. */
  readonly name: string;
  /** `skipped`: there is no schema for the kind. `error`: it could not be read. */
  readonly status: 'valid' | 'invalid' | 'error' | 'skipped';
  /** In kubeconform's words; empty when valid. */
  readonly message: string;
}

export type KubeconformOutcome =
  | { readonly kind: 'checked'; readonly results: readonly KubeconformResult[] }
  /** In words: why, and how to get it. */
  | { readonly kind: 'unavailable'; readonly reason: string };

/** One way to run kubeconform: how it is started, and what it calls the files. */
interface Program {
  readonly command: string;
  readonly args: readonly string[];
  /** The name that kubeconform reports → the file as it was given. */
  readonly names: ReadonlyMap<string, string>;
}

const UNAVAILABLE =
  'kubeconform is neither built nor on the PATH. Install Go (go.dev) and run "npm run build", or install kubeconform (github.com/yannh/kubeconform).';

/**
 * The real kubeconform in strict mode over these YAML files, with podloom's own schemas, without the network: the
 * WebAssembly that comes with podloom, else the one on the PATH.
 */
export async function runKubeconform(files: readonly string[]): Promise<KubeconformOutcome> {
  const results: KubeconformResult[] = [];
  for (const batch of batchesOf(files)) {
    const program = existsSync(kubeconformFile) ? webAssembly(batch) : native(batch);
    const output = await run(program);
    if (output === undefined) return { kind: 'unavailable', reason: UNAVAILABLE };
    results.push(...read(output, program.names));
  }
  return { kind: 'checked', results };
}

/** Linux takes at most 128 KiB in one argument (MAX_ARG_STRLEN), in which names stand up to twice. */
const BATCH_CHARACTERS = 40_000;

function batchesOf(files: readonly string[]): string[][] {
  const batches: string[][] = [];
  let room = 0;
  for (const file of files) {
    room -= resolve(file).length;
    if (room < 0) {
      batches.push([]);
      room = BATCH_CHARACTERS;
    }
    batches.at(-1)?.push(file);
  }
  return batches;
}

function options(schemas: string, files: Iterable<string>): readonly string[] {
  const location = `${schemas}/{{ .ResourceKind }}{{ .KindSuffix }}.json`;
  return [
    '-strict',
    '-ignore-missing-schemas',
    '-verbose',
    '-n',
    '1',
    '-output',
    'json',
    '-schema-location',
    location,
    ...files,
  ];
}

/** WebAssembly sees only the folders that it is given: that of the schemas, and those of the files by number. */
function webAssembly(files: readonly string[]): Program {
  const folders: { [name: string]: string } = { '/schemas': fileURLToPath(jsonSchemasFolder) };
  const numbers = new Map<string, string>();
  const names = new Map<string, string>();
  for (const file of files) {
    const folder = dirname(resolve(file));
    const name = numbers.get(folder) ?? `/files/${numbers.size}`;
    numbers.set(folder, name);
    folders[name] = folder;
    names.set(`${name}/${basename(file)}`, file);
  }
  // The same extension as this module's: .ts in the repository, .js in the package.
  const child = fileURLToPath(new URL(`./kubeconform-child${extname(import.meta.url)}`, import.meta.url));
  const request = { wasm: fileURLToPath(kubeconformFile), args: options('/schemas', names.keys()), folders };
  return { command: execPath, args: ['--disable-warning=ExperimentalWarning', child, JSON.stringify(request)], names };
}

function native(files: readonly string[]): Program {
  const names = new Map(files.map((file) => [resolve(file), file]));
  return {
    command: 'kubeconform',
    args: options(fileURLToPath(jsonSchemasFolder).replace(/[\\/]$/, ''), names.keys()),
    names,
  };
}

/**
 * undefined when there is no such program. Exit code 1 only says that something is invalid.
 * The output goes to a file: WebAssembly loses what does not fit into a pipe at once.
 */
async function run({ command, args }: Program): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'podloom-kubeconform-'));
  const output = await open(join(folder, 'output.json'), 'w+');
  try {
    const child = spawn(command, args, { stdio: ['ignore', output.fd, 'pipe'] });
    const ended = new Promise<Error | undefined>((done) => {
      child.once('error', done);
      child.once('close', () => done(undefined));
    });
    const [stderr, error] = await Promise.all([text(child.stderr as Readable), ended]);
    if (error !== undefined && 'code' in error && error.code === 'ENOENT') return undefined;
    if (error !== undefined) throw error;
    const stdout = await readFile(join(folder, 'output.json'), 'utf8');
    if (!stdout.trimStart().startsWith('{')) throw new Error(`kubeconform ended without a result: ${stderr.trim()}`);
    return stdout;
  } finally {
    await output.close();
    await rm(folder, { recursive: true });
  }
}

const STATUS: { readonly [status: string]: KubeconformResult['status'] } = {
  statusValid: 'valid',
  statusInvalid: 'invalid',
  statusError: 'error',
  statusSkipped: 'skipped',
};

interface Resource {
  readonly filename: string;
  readonly kind: string;
  readonly name: string;
  readonly status: string;
  readonly msg: string;
}

function read(output: string, names: ReadonlyMap<string, string>): readonly KubeconformResult[] {
  const { resources } = JSON.parse(output) as { readonly resources: readonly Resource[] | null };
  return (resources ?? [])
    .filter(({ status }) => STATUS[status] !== undefined) // the rest are empty documents
    .map(({ filename, kind, name, status, msg }) => ({
      file: names.get(filename) ?? filename,
      kind,
      name,
      status: STATUS[status] as KubeconformResult['status'],
      message: msg,
    }));
}
