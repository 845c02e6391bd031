/**
 * Runs the example of every diagnostic through the command line, in this one process, and writes what each printed to
 * file descriptor 3. It reads the folder for the projects from stdin; podloom and cdk8s are found from there.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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
  const { files, args } = exampleProject(example, names);
  const root = join(folder, name);
  for (const [path, text] of Object.entries({
    'package.json': '{ "type": "module" }\n',
    ...files,
  })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
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
  return { exitCode, printed: shown(printed, root) };
}

/** Without what differs from machine to machine and from run to run. */
function shown(printed: string, root: string): string {
  return printed
    .replaceAll(root, '<project>')
    .replaceAll(repository, '<podloom>')
    .replaceAll(/\b\d+\.\d s$/gm, '<time>');
}
