import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Reads `+<group>` and `-<group>` and, when the runner is gone and with it the other end of the pipe, kills the groups
 * that are left. It ignores the signals of a terminal, which reach it before the runner has ended.
 */
const SCRIPT = `trap '' INT TERM HUP
groups=' '
while read -r operation group; do
  case $operation in
  +) groups="$groups$group " ;;
  -) groups="\${groups%% $group *} \${groups#* $group }" ;;
  esac
done
for group in $groups; do kill -KILL "-$group" 2>/dev/null; done`;

/** A small shell process that outlives the runner by a moment, so that not even SIGKILL leaves processes behind. */
export class Guardian {
  readonly #shell: ChildProcess;

  constructor() {
    this.#shell = spawn('/bin/sh', ['-c', SCRIPT], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
    this.#shell.on('error', () => {});
    this.#shell.stdin!.on('error', () => {});
    this.#shell.unref();
  }

  add(group: number): void {
    this.#shell.stdin!.write(`+ ${group}\n`);
  }

  remove(group: number): void {
    this.#shell.stdin!.write(`- ${group}\n`);
  }

  /** Ends the guardian; groups that it still knows are killed. */
  close(): Promise<void> {
    if (this.#shell.exitCode !== null || this.#shell.pid === undefined) return Promise.resolve();
    const ended = new Promise<void>((resolve) => this.#shell.once('exit', () => resolve()));
    this.#shell.ref();
    this.#shell.stdin!.end();
    return ended;
  }
}
