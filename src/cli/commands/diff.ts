import { ExitCode } from '../exit-code.ts';
import { comparable, objectDiff } from '../object-diff.ts';
import type { Ports } from '../ports.ts';
import { type PlanFlags, withPlan } from './plan-apply.ts';

/** `podloom diff [pipeline]`: 0 when nothing would change, 1 when something would. */
export function diff(ports: Ports, word: string | undefined, flags: PlanFlags): Promise<number> {
  return withPlan(ports, word, flags, async ({ changes, old }) => {
    const changed = changes.filter(({ kind }) => kind !== 'same');
    for (const { name, before, after } of changed) ports.stdout.write(objectDiff(name, before, after));
    for (const object of old) {
      ports.stdout.write(objectDiff(`${object.kind} "${object.metadata.name}"`, comparable(object), undefined));
    }
    const count = changed.length + old.length;
    if (count > 0) ports.stderr.write(`${count} of ${changes.length + old.length} objects would change.\n`);
    return count === 0 ? ExitCode.ok : ExitCode.failed;
  });
}
