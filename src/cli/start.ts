import { describeThrown, framesOf } from '../diagnostics/thrown.ts';
import { ExitCode } from './exit-code.ts';
import { main } from './main.ts';
import { flushed, processPorts } from './process-ports.ts';

/** The whole process: what bin/podloom.cjs calls. User code may leave servers and timers behind, so the end is said. */
export async function start(): Promise<void> {
  process.on('uncaughtException', endWithUserError);
  const code = await main(process.argv.slice(2), processPorts());
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  process.exit(code);
}

/** Timers that pipelines left behind can throw after the pipelines were read. What podloom throws is a bug, and goes on as one. */
function endWithUserError(error: unknown): void {
  if (process.listenerCount('uncaughtException') > 1) return; // while pipelines are read, that is reported as theirs
  const thrower = framesOf(error).find((frame) => frame.owner === 'user');
  if (error instanceof Error && thrower === undefined) throw error;
  const place = thrower === undefined ? '' : ` (${thrower.location.file}:${thrower.location.line})`;
  process.stderr.write(
    `error: code of a pipeline threw after the pipeline was read: ${describeThrown(error)}${place}\n` +
      '  help: Wait for everything at the top level of the file, and leave no timers behind.\n',
  );
  process.exit(ExitCode.badInput);
}
