/**
 * How several outputs stand in one termination message: the name of each on a line of its own, then its lines, each after
 * one space. Written by the script in the pod with builtins only. An output that was not written is not there.
 *
 *     loss
 *      0.25
 *     files
 *      a.txt
 *      b.txt
 */
export function parseGatheredOutputs(message: string): ReadonlyMap<string, string> {
  const lines = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of message.replace(/\n$/, '').split('\n')) {
    if (line.startsWith(' ')) current.push(line.slice(1));
    else if (line !== '') {
      current = [];
      lines.set(line, current);
    }
  }
  return new Map([...lines].map(([name, content]) => [name, content.join('\n')]));
}

/** What the kubelet keeps of a termination message, in bytes. */
export const TERMINATION_MESSAGE_LIMIT = 4096;
