import { main } from './main.ts';
import { flushed, processPorts } from './process-ports.ts';

/** The whole process: what bin/podloom.cjs calls. User code may leave servers and timers behind, so the end is said. */
export async function start(): Promise<void> {
  const code = await main(process.argv.slice(2), processPorts());
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  process.exit(code);
}
