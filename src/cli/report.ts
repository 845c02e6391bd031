import type { Collector } from '../diagnostics/collector.ts';
import { type Ports, wantsColor } from './ports.ts';
import type { DiagnosticFormat } from './toolchain.ts';

/** Flags of all commands that report diagnostics. */
export interface DiagnosticOptions {
  readonly diagnostics: DiagnosticFormat;
  readonly color?: boolean | undefined;
}

/**
 * Prints diagnostics: for people on stderr; for machines on stdout, unless that carries other data (`stdoutTaken`).
 */
export async function reportDiagnostics(
  ports: Ports,
  diagnostics: Collector,
  root: string,
  options: DiagnosticOptions,
  stdoutTaken = false,
): Promise<void> {
  const color = options.diagnostics === 'human' && wantsColor(ports, options.color);
  const text = await ports.toolchain.renderDiagnostics(diagnostics.sorted(), options.diagnostics, { root, color });
  const output = options.diagnostics === 'human' || stdoutTaken ? ports.stderr : ports.stdout;
  if (text !== '') output.write(text);
}
