import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Reporter } from '../runner/reporters/reporter.ts';
import { type Ports, wantsColor } from './ports.ts';
import type { DiagnosticOptions } from './report.ts';

/** `jsonl`: one event a line, as it happens. `json`: the summary, when the run has ended. */
export const outputFormats = ['human', 'jsonl', 'json'] as const;
export type OutputFormat = (typeof outputFormats)[number];

export interface ReporterTexts {
  /** Root of the project. */
  readonly root: string;
  /** The command that does the run or goes on with it, without `--rerun`. */
  readonly command: string;
  /** The command that follows it again. Default: `command`. */
  readonly followCommand?: string | undefined;
  /** Whether items go on without the runner. */
  readonly detaches: boolean;
}

/** JSON on stdout; for people a live region on a terminal, and lines elsewhere. */
export async function createReporter(ports: Ports, texts: ReporterTexts, format: OutputFormat): Promise<Reporter> {
  if (format === 'json') {
    const { JsonReporter } = await import('../runner/reporters/json.ts');
    return new JsonReporter((text) => ports.stdout.write(text));
  }
  if (format === 'jsonl') {
    const { JsonLinesReporter } = await import('../runner/reporters/json-lines.ts');
    return new JsonLinesReporter((text) => ports.stdout.write(text));
  }
  const { systemClock } = await import('../runner/clock.ts');
  const common = { ...texts, write: (text: string): void => ports.stderr.write(text), clock: systemClock };
  if (!ports.stderr.isTTY) return new (await import('../runner/reporters/lines.ts')).LinesReporter(common);
  const { ProgressReporter } = await import('../runner/reporters/progress.ts');
  return new ProgressReporter({ ...common, columns: () => ports.stderr.columns });
}

/** Shows diagnostics of a run to people, above what its reporter shows. */
export async function diagnosticsAbove(
  ports: Ports,
  reporter: Pick<Reporter, 'clear'>,
  root: string,
  { color }: Pick<DiagnosticOptions, 'color'>,
): Promise<(found: readonly Diagnostic[]) => void> {
  const { renderHuman } = await import('../diagnostics/render/human.ts');
  return (found) => {
    reporter.clear();
    ports.stderr.write(renderHuman(found, { root, color: wantsColor(ports, color) }));
  };
}
