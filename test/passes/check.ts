import { Collector } from '../../src/diagnostics/collector.ts';
import type { Pipeline } from '../../src/ir/pipeline.ts';
import { defaultProfile, type Profile } from '../../src/ir/profile.ts';
import type { Task } from '../../src/ir/task.ts';
import { checks } from '../../src/passes/index.ts';
import { aPipeline, aTask } from '../rig/ir.ts';

/** What all checks say of a pipeline, one text for each diagnostic: code, subject, message, notes, help. */
export function findings(pipeline: Pipeline, profile: Profile = defaultProfile): string[] {
  const diagnostics = new Collector();
  for (const check of checks) check(pipeline, profile, diagnostics);
  return texts(diagnostics);
}

export function texts(diagnostics: Collector): string[] {
  return diagnostics.sorted().map(({ code, severity, subject, message, notes, help }) => {
    const head = `${code} ${severity} ${subject}: ${message}`;
    return [head, ...notes.map((note) => `  note: ${note.message}`), `  help: ${help}`].join('\n');
  });
}

export function findingsOf(...tasks: readonly Task[]): string[] {
  return findings(aPipeline({ tasks }));
}

export function findingsOfTask(overrides: Partial<Task>, profile: Profile = defaultProfile): string[] {
  return findings(aPipeline({ tasks: [aTask(overrides)] }), profile);
}
