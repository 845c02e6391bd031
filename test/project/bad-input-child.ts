/** Runs command lines in this one process, each in its project, and writes what came of them to file descriptor 3. */
import { readFileSync, writeFileSync } from 'node:fs';
import { main } from '../../src/cli/main.ts';
import { realToolchain } from '../../src/cli/real-toolchain.ts';

export interface Ran {
  readonly code: number | string | null;
  readonly stderr: string;
}

const jobs = JSON.parse(readFileSync(0, 'utf8')) as { name: string; cwd: string; args: string[] }[];
const results: { [name: string]: Ran } = {};
for (const { name, cwd, args } of jobs) {
  let stderr = '';
  const output = {
    write: (text: string) => {
      stderr += text;
    },
    isTTY: false,
    columns: 100,
  };
  const ports = { stdout: output, stderr: output, cwd, env: {}, toolchain: realToolchain, announceInputs: () => {} };
  const interrupts = { onInterrupt: () => () => {}, exitNow: (code: number): never => process.exit(code) };
  const code = await main(args, { ...ports, ...interrupts }).catch((error: unknown) => String(error));
  results[name] = { code, stderr };
}
writeFileSync(3, JSON.stringify(results));
process.exit(0);
