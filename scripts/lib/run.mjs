import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The repository, without a slash at its end. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** Runs Node with these arguments in the repository and shows its output; resolves to the exit code, or fails with `what` when it must be 0. */
export async function run(what, args, { mayFail = false, env = {} } = {}) {
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (exitCode, signal) => resolve(exitCode ?? 128 + (signal === 'SIGINT' ? 2 : 15)));
  });
  if (code !== 0 && !mayFail) {
    console.error(`${what}: failed with exit code ${code}`);
    process.exit(code);
  }
  return code;
}

/** podloom from the sources. */
export function podloom(args, options) {
  return run(`podloom ${args.join(' ')}`, ['--conditions=podloom-source', 'bin/podloom.cjs', ...args], options);
}
