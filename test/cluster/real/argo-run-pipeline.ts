import { App } from 'cdk8s';
import { eq, Items, Output, Pipeline, Task } from '../../../src/index.ts';
import { BUSYBOX_IMAGE } from '../rig/images.ts';

/**
 * All that a follower of a run has to understand: outputs and a list made at run time, a loop with an item that fails twice, an Indexed
 * Job with several items in a pod and one that fails, a task that is skipped, one that never runs, and an exit task.
 */
export function manyKinds(namespace: string): Pipeline {
  const p = new Pipeline(new App(), 'kinds', {
    namespace,
    image: BUSYBOX_IMAGE,
    retries: 0,
    parameters: { extra: false },
  });
  const first = new Task(p, 'first', {
    // To one stream: the runtime reads two, in either order.
    script: `echo first >&2; printf 'no newline' >&2; printf 42 >"$PODLOOM_OUTPUT_ANSWER"; printf '["x","y z"]' >"$PODLOOM_OUTPUT_WORDS"`,
    outputs: { answer: 'number', words: Output.list({ maxItems: 5 }) },
  });
  new Task(p, 'loop', {
    after: [first],
    forEach: Items.of(['good', 'bad', 'b c/d']),
    retries: { limit: 1, on: ['failed'] },
    argoStrategy: 'loop',
    command: ({ item }) => ['sh', '-c', 'echo "item $1"; echo "to stderr" >&2; test "$1" != bad || exit 3', '-', item],
  });
  new Task(p, 'words', {
    forEach: first.outputs.words,
    command: ({ item }) => [
      'sh',
      '-c',
      'echo "word $1"; printf "time=\\"2026-01-01T00:00:00.000Z\\" level=info msg=mine\\n"',
      '-',
      item,
    ],
  });
  const fan = new Task(p, 'fan', {
    after: [first],
    forEach: Items.of(['a', 'b', 'c', 'd', 'e']),
    itemsPerPod: 2,
    maxFailed: 1,
    argoStrategy: 'job',
    command: ({ item, index }) => ['sh', '-c', 'echo "fan $1 $2"; test "$1" != c', '-', item, index],
  });
  new Task(p, 'answer', { after: [fan], command: ['sh', '-c', 'echo "the answer is $1"', '-', first.outputs.answer] });
  new Task(p, 'skipped', { when: eq(p.parameters.extra, true), command: ['true'] });
  new Task(p, 'handler', { after: { task: fan, on: 'failed' }, command: ['true'] });
  new Task(p, 'clean', { onExit: true, command: ['sh', '-c', 'echo "cleaned $1"', '-', p.status] });
  return p;
}
