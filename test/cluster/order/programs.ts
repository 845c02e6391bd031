import { type Arg, Pipeline, type PipelineProps, type Ref, Volume } from 'podloom';
import type { ParameterSpec } from '../../../src/constructs/props.ts';
import { BUSYBOX_IMAGE } from '../rig/images.ts';
import { SCRIPT_PREFIX } from '../rig/kwok-script.ts';
import type { Stage } from './scenario.ts';

/** What pods of a task do: as a program of busybox for `real`, as a script of the rig for `sim`. */
interface Behaviour<C> {
  readonly command: C;
  readonly annotations: { readonly [key: string]: string };
}
type Argv = readonly Arg[];
type ItemArgv = (loop: { readonly item: Ref<number> }) => Argv;

/** Ends well after so many seconds. */
export function good(seconds = 0): Behaviour<Argv> {
  return { command: sh('sleep "$1"', seconds), annotations: script({ 'run-milliseconds': seconds * 1000 }) };
}

export function bad(exitCode = 1): Behaviour<Argv> {
  return { command: sh('exit "$1"', exitCode), annotations: script({ 'exit-code': exitCode }) };
}

/** Fails until this attempt. `name` is the task's. Needs the volume `stateOf` the stage. */
export function goodFrom(attempt: number, name: string, exitCode = 1): Behaviour<Argv> {
  return {
    command: sh(`${COUNT_ATTEMPTS} || exit "$3"`, name, attempt, exitCode),
    annotations: script({ 'fail-attempts': attempt - 1, 'exit-code': exitCode }),
  };
}

/** For `Items.range(0, n)`: these items fail, after so many seconds. */
export function failing(items: readonly number[], seconds = 0, exitCode = 1): Behaviour<ItemArgv> {
  const fails = items.length > 0 && { 'fail-indexes': items.join(), 'exit-code': exitCode };
  return {
    command: ({ item }) =>
      sh(
        'sleep "$3"; for bad in $2; do [ "$1" != "$bad" ] || exit "$4"; done',
        item,
        items.join(' '),
        seconds,
        exitCode,
      ),
    annotations: script({ 'run-milliseconds': seconds * 1000, ...fails }),
  };
}

/** For `Items.range(0, n)`: these items fail until the second attempt. `name` is the task's. Needs the volume `stateOf`. */
export function failingOnce(items: readonly number[], name: string): Behaviour<ItemArgv> {
  return {
    command: ({ item }) =>
      sh(
        `for bad in $3; do [ "$4" != "$bad" ] || { ${COUNT_ATTEMPTS}; exit; }; done`,
        `${name}-${item}`,
        2,
        items.join(' '),
        item,
      ),
    annotations: script({ 'fail-indexes': items.join(), 'fail-attempts': 1 }),
  };
}

/** Notes an attempt at the work `$1`; true from the `$2`-th on. */
const COUNT_ATTEMPTS = 'echo x >>"/state/$1"; [ "$(wc -l <"/state/$1")" -ge "$2" ]';

/** A shell program with arguments `$1`, `$2`, … */
export function sh(program: string, ...args: readonly Arg[]): Argv {
  return ['sh', '-c', program, 'sh', ...args];
}

export function script(entries: { readonly [key: string]: string | number }): { readonly [key: string]: string } {
  return Object.fromEntries(Object.entries(entries).map(([key, value]) => [SCRIPT_PREFIX + key, String(value)]));
}

/** A folder that outlives pods, for programs that have to know what was before. */
export function stateOf({ state }: Stage) {
  return Volume.hostPath(state).mount('/state');
}

export function pipelineOn<const P extends ParameterSpec>(stage: Stage, props: PipelineProps<P> = {}): Pipeline<P> {
  return new Pipeline(stage.app, 'order', { namespace: stage.namespace, image: BUSYBOX_IMAGE, ...props });
}
