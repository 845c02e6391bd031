import type { Ports } from './ports.ts';

/** Asks a person at a terminal whether to go on. Nobody there, or `--yes`: goes on. */
export async function confirmed(ports: Ports, question: string, yes: boolean | undefined): Promise<boolean> {
  if (yes === true || ports.ask === undefined) return true;
  const answer = await ports.ask(`${question} [y/N] `);
  if (/^y(es)?$/i.test(answer.trim())) return true;
  ports.stderr.write('Nothing was done.\n');
  return false;
}
