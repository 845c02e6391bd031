import { join } from 'node:path';
import { Collector } from '../diagnostics/collector.ts';
import type { Ports } from './ports.ts';
import { type DiagnosticOptions, reportDiagnostics } from './report.ts';
import { shown, type Workspace } from './workspace.ts';

/** Writes the report of a run that has ended, and says where it is. That it cannot be written does not make the run fail. */
export async function reportRun(
  ports: Ports,
  { root }: Workspace,
  folder: string,
  options: DiagnosticOptions,
): Promise<void> {
  const [{ readAssets }, { writeReport }] = await Promise.all([
    import('../report/assets.ts'),
    import('../report/write-report.ts'),
  ]);
  const assets = await readAssets();
  if (assets === undefined) return;
  const diagnostics = new Collector();
  const out = join(folder, 'report.html');
  const written = await writeReport({ folder, out, shown: (path) => shown(root, path), assets, diagnostics });
  await reportDiagnostics(ports, diagnostics, root, options, true);
  if (written) ports.stderr.write(`report: ${shown(root, out)}\n`);
}
