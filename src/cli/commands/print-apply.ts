import { renderYaml } from '../../emit/yaml.ts';
import { gitopsObjects } from '../apply-plan.ts';
import { ExitCode } from '../exit-code.ts';
import type { Ports } from '../ports.ts';
import { reportDiagnostics } from '../report.ts';
import { buildFor, type PlanFlags } from './plan-apply.ts';

/** `podloom apply --dry-run=client`: prints what would be applied, without asking any cluster. */
export async function printObjects(ports: Ports, word: string | undefined, flags: PlanFlags): Promise<number> {
  const { bundles, diagnostics, workspace } = await buildFor(ports, word, flags, undefined);
  await reportDiagnostics(ports, diagnostics, workspace.root, flags, true);
  if (diagnostics.hasErrors) return ExitCode.badInput;
  ports.stdout.write(gitopsObjects(bundles).map(renderYaml).join('---\n'));
  return ExitCode.ok;
}
