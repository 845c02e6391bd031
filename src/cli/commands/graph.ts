import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Collector } from '../../diagnostics/collector.ts';
import type { GraphFormat } from '../../graph/graph.ts';
import { ExitCode } from '../exit-code.ts';
import type { Ports } from '../ports.ts';
import { type DiagnosticOptions, reportDiagnostics } from '../report.ts';
import { loadSelection } from '../select.ts';
import { UsageError } from '../usage-error.ts';
import { openWorkspace } from '../workspace.ts';

export interface GraphOptions extends DiagnosticOptions {
  readonly format: GraphFormat;
  readonly out?: string | undefined;
}

/** `podloom graph <pipeline>` */
export async function graph(ports: Ports, word: string, options: GraphOptions): Promise<number> {
  const diagnostics = new Collector();
  const workspace = await openWorkspace(ports.cwd, diagnostics);
  const { pipelines } = await loadSelection(ports, workspace, [word], false, diagnostics);
  await reportDiagnostics(ports, diagnostics, workspace.root, options, true);
  const [first, ...others] = pipelines;
  if (diagnostics.hasErrors || first === undefined) return ExitCode.badInput;
  if (others.length > 0)
    throw new UsageError(
      `${JSON.stringify(word)} has several pipelines: ${pipelines.map(({ pipeline }) => pipeline.name).join(', ')}`,
      'Name one of them.',
    );
  const { drawGraph } = await import('../../graph/graph.ts');
  const text = await drawGraph(first.pipeline, options.format);
  if (options.out === undefined) ports.stdout.write(text);
  else {
    save(resolve(ports.cwd, options.out), options.out, text);
    ports.stderr.write(`Wrote ${options.out}.\n`);
  }
  return ExitCode.ok;
}

function save(path: string, word: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new UsageError(
      `cannot write ${word}: ${(error as NodeJS.ErrnoException).code}`,
      'Name a file in a folder that is there.',
    );
  }
}
