import { CommanderError } from 'commander';
import { ExitCode } from './exit-code.ts';
import type { Ports } from './ports.ts';
import { createProgram } from './program.ts';
import { UsageError } from './usage-error.ts';

/** Runs a command line (without node and script) and returns the exit code. Throws only for bugs. */
export async function main(argv: readonly string[], ports: Ports): Promise<number> {
  let code: number = ExitCode.ok;
  const program = createProgram(ports, (result) => {
    code = result;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.badInput;
    if (!(error instanceof UsageError)) throw error;
    ports.stderr.write(`error: ${error.message}\n  help: ${error.help}\n`);
    return ExitCode.badInput;
  }
}
