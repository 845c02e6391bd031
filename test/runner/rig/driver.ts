// Runs a pipeline as the CLI does, for tests that send signals: node driver.ts <root> <pipeline.json>
import { readFileSync } from 'node:fs';
import { processPorts } from '../../../src/cli/process-ports.ts';
import type { Pipeline } from '../../../src/ir/pipeline.ts';
import { systemClock } from '../../../src/runner/clock.ts';
import { LinesReporter } from '../../../src/runner/reporters/lines.ts';
import { runLocal } from '../../../src/runner/run-local.ts';

const [root, file] = process.argv.slice(2) as [string, string];
const pipeline = JSON.parse(readFileSync(file, 'utf8')) as Pipeline;
const reporter = new LinesReporter({
  write: (text) => process.stderr.write(text),
  root,
  command: `podloom run ${pipeline.name} --local`,
  clock: systemClock,
});
const interrupt = new AbortController();
processPorts().onInterrupt(() => {
  if (interrupt.signal.aborted) process.exit(130);
  interrupt.abort();
});
const { exitCode } = await runLocal({
  ...{ pipeline, root, maxRunning: 4, environment: process.env, interrupt: interrupt.signal },
  emit: (event) => reporter.handle(event),
  report: (diagnostics) => process.stderr.write(`${diagnostics.map(({ message }) => message).join('\n')}\n`),
});
reporter.close();
process.exitCode = exitCode;
