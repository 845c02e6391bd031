import type { Collector } from '../diagnostics/collector.ts';
import type { Origin } from '../diagnostics/location.ts';
import type { Pipeline } from '../ir/pipeline.ts';

/** Checks over all pipelines of a project: they share one `dist/` and, as a rule, one namespace. */
export function checkProject(pipelines: readonly Pipeline[], diagnostics: Collector): void {
  const names = new Map<string, Origin>();
  const jobs = new Map<string, { readonly pipeline: string; readonly origin: Origin }>();
  for (const pipeline of pipelines) {
    const { name, origin } = pipeline;
    const first = names.get(name);
    if (first !== undefined) {
      const notes = [{ message: 'the first one is made here', location: first.location }];
      diagnostics.report('PL023', { name }, { origin, notes });
      continue;
    }
    names.set(name, origin);
    for (const task of pipeline.tasks) {
      const job = `${name}-${task.name}`;
      const key = `${pipeline.namespace ?? ''}/${job}`;
      const other = jobs.get(key);
      if (other === undefined) jobs.set(key, { pipeline: name, origin: task.origin });
      else if (other.pipeline !== name) reportSharedJob(job, other.origin, task.origin, diagnostics);
    }
  }
}

function reportSharedJob(job: string, first: Origin, second: Origin, diagnostics: Collector): void {
  const notes = [{ message: `"${first.path}" is made here`, location: first.location }];
  diagnostics.report('PL024', { job, first: first.path, second: second.path }, { origin: second, notes });
}
