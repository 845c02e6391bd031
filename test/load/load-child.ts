/** Loads the projects that it is told on stdin, and writes what came of them to file descriptor 3. */
import { readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { renderHuman } from '../../src/diagnostics/render/human.ts';
import { type LoadOptions, loadProject } from '../../src/load/load.ts';
import type { Loaded } from './projects.ts';

const jobs = JSON.parse(readFileSync(0, 'utf8')) as (LoadOptions & { readonly name: string })[];
const results: { [name: string]: Loaded } = {};
for (const { name, ...options } of jobs) {
  const written = { stdout: '', stderr: '' };
  const { stdout, stderr } = process;
  const streams = { stdout: stdout.write, stderr: stderr.write };
  for (const stream of ['stdout', 'stderr'] as const) {
    process[stream].write = ((text: string | Uint8Array) => {
      written[stream] += String(text);
      return true;
    }) as typeof stdout.write;
  }
  const { pipelines, apps, inputs, diagnostics } = await loadProject(options);
  stdout.write = streams.stdout;
  stderr.write = streams.stderr;
  results[name] = {
    pipelines: pipelines.map(({ pipeline, file }) => [pipeline.node.id, relative(options.root, file)]),
    apps: apps.length,
    inputs: inputs.map((file) => relative(options.root, file)),
    printed: renderHuman(diagnostics, { root: options.root }),
    ...written,
  };
}
writeFileSync(3, JSON.stringify(results));
// Interval timers and servers of the loaded code would keep the process.
process.exit(0);
