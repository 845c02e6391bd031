import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Diagnostic } from '../../../src/diagnostics/diagnostic.ts';
import type { Pipeline } from '../../../src/ir/pipeline.ts';
import type { Program, Task } from '../../../src/ir/task.ts';
import type { RunEvent } from '../../../src/runner/event.ts';
import type { RunResult } from '../../../src/runner/run.ts';
import { type RunLocalOptions, runLocal } from '../../../src/runner/run-local.ts';
import { aContainer, aPipeline, aTask } from '../../rig/ir.ts';

export interface RanHere extends RunResult {
  readonly events: RunEvent[];
  readonly diagnostics: Diagnostic[];
  /** A file of the run, relative to its folder. */
  readonly file: (path: string) => Promise<string>;
}

/** Runs a pipeline with real processes; `root` is the project. */
export async function runHere(
  root: string,
  pipeline: Pipeline | readonly Task[],
  options: Partial<RunLocalOptions> = {},
): Promise<RanHere> {
  const events: RunEvent[] = [];
  const diagnostics: Diagnostic[] = [];
  const result = await runLocal({
    pipeline: 'kind' in pipeline ? pipeline : aPipeline({ tasks: pipeline }),
    root,
    maxRunning: 4,
    environment: { PATH: process.env['PATH'], HOME: root },
    emit: (event) => events.push(event),
    report: (found) => diagnostics.push(...found),
    ...options,
  });
  return { ...result, events, diagnostics, file: (path) => readFile(join(root, 'runs/example', path), 'utf8') };
}

/** A task that runs a shell script. */
export function shell(name: string, source: string, overrides: Partial<Task> = {}): Task {
  const program: Program = { kind: 'script', source, interpreter: ['sh', '-eu'], args: [] };
  return aTask({ name, container: aContainer({ program }), ...overrides });
}
