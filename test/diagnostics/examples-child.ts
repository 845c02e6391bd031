/**
 * Runs the example of every diagnostic through the command line, in this one process, and writes what each printed to
 * file descriptor 3. It reads the folder for the projects from stdin; podloom and cdk8s are found from there.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { main } from '../../src/cli/main.ts';
import type { Output, Ports } from '../../src/cli/ports.ts';
import { realToolchain } from '../../src/cli/real-toolchain.ts';
import { catalogue } from '../../src/diagnostics/catalogue.ts';
import type { Example } from '../../src/diagnostics/definition.ts';
import { exampleProject } from './example-project.ts';
import { variants } from './variants.ts';

export interface Ran {
  readonly exitCode: number;
  readonly printed: string;
}

/** Where examples have their API server. */
const SERVER = '127.0.0.1:8001';
const { folder, codes } = JSON.parse(readFileSync(0, 'utf8')) as {
  readonly folder: string;
  readonly codes: readonly (keyof typeof catalogue)[];
};
const names = Object.keys((await import('../../src/index.ts')) as object);
const repository = join(import.meta.dirname, '../..');
const results: { [code: string]: Ran } = {};
for (const code of codes) results[code] = await run(code, catalogue[code].example);
for (const [name, body] of Object.entries(variants)) results[name] = await run(name, body);
writeFileSync(3, JSON.stringify(results));
process.exit(0);

async function run(name: string, example: string | Example): Promise<Ran> {
  const { files, args, server } = exampleProject(example, names);
  const api = server && (await startServer(server));
  const root = join(folder, name);
  for (const [path, text] of Object.entries({
    'package.json': '{ "type": "module" }\n',
    ...files,
  })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), api === undefined ? text : text.replaceAll(SERVER, api.address));
  }
  let printed = '';
  const output: Output = { write: (text) => (printed += text), isTTY: false, columns: 80 };
  const ports: Ports = {
    stdout: output,
    stderr: output,
    cwd: root,
    env: {},
    onInterrupt: () => () => undefined,
    exitNow: (code) => {
      throw new Error(`exitNow(${code})`);
    },
    announceInputs: () => undefined,
    toolchain: realToolchain,
  };
  let exitCode: number;
  try {
    exitCode = await main(args, ports);
  } catch (error) {
    exitCode = -1;
    printed += `a bug of podloom: ${(error as Error).stack ?? String(error)}\n`;
  }
  api?.stop();
  return { exitCode, printed: shown(api === undefined ? printed : printed.replaceAll(api.address, SERVER), root) };
}

async function startServer(answers: NonNullable<Example['server']>) {
  const server = createServer((request, response) => {
    const missing = { kind: 'Status', code: 404, reason: 'NotFound', message: 'the server could not find it' };
    const answer = answers[(request.url ?? '').replace(/\?.*/s, '')] ?? missing;
    const { kind, code } = answer as { kind?: string; code?: number };
    response.writeHead(kind === 'Status' ? (code ?? 500) : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Without what differs from machine to machine and from run to run. */
function shown(printed: string, root: string): string {
  return printed
    .replaceAll(root, '<project>')
    .replaceAll(repository, '<podloom>')
    .replaceAll(/\b\d+\.\d s$/gm, '<time>');
}
