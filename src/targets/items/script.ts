import { countUnits, itemVariables, shapeOf } from '../../ir/item-values.ts';
import type { ForEach } from '../../ir/items.ts';
import type { Task } from '../../ir/task.ts';
import { shellQuote } from '../../units/shell-quote.ts';
import { UNIT_MARKER } from '../../units/unit-marker.ts';
import { gatheredOutputs, gathersOutputs } from './command.ts';
import { type ItemOptions, rootOf } from './options.ts';
import { argumentsOf, isSetByScript } from './references.ts';
import { gatherFunction } from './script-gather.ts';
import { loadFunctions } from './script-load.ts';
import { ScriptNames } from './script-text.ts';

/**
 * The script that a container starts with: it finds its unit (an item or a batch), sets the environment and the
 * arguments of the command and starts it. POSIX, builtins only, so that any shell will do: dash, bash, busybox.
 * Its own variables start with `podloom_` and are not exported. Exit code 125: it could not do its work.
 */
export function runScript(task: Task, unitsPerKey: number, options: ItemOptions): string {
  const { forEach } = task;
  const gathers = gathersOutputs(task, options);
  const perPod = forEach?.itemsPerPod ?? 1;
  const lines = [
    '# Made by podloom: finds the item of this pod and runs the command with it.',
    'set -eu',
    ...(forEach === undefined ? [] : itemPart(forEach, unitsPerKey, options)),
    ...runFunctions(task, options),
    ...(gathers ? gatherFunction(gatheredOutputs(task), options) : []),
    ...(gathers || perPod > 1 ? childFunctions : []),
    ...mainLines(perPod, gathers),
  ];
  return `${lines.join('\n')}\n`;
}

const failFunctions = [
  'podloom_fail() {',
  '  printf \'podloom: %s\\n\' "$1" >&2',
  '  exit 125',
  '}',
  'podloom_missing() { podloom_fail "there is no item with the number $podloom_i"; }',
];

/** Leading zeros go, since arithmetic would take the rest as octal; nine digits fit 32-bit arithmetic. */
const numberFunction = [
  'podloom_number() {',
  '  podloom_value=$1',
  "  case $podloom_value in '' | *[!0-9]*) podloom_fail \"PODLOOM_INDEX or PODLOOM_OFFSET is not a number: '$1'\";; esac",
  '  while :; do',
  '    case $podloom_value in 0?*) podloom_value=${podloom_value#0};; *) break;; esac',
  '  done',
  '  [ "${#podloom_value}" -le 9 ] || podloom_fail "there is no item with the number $1"',
  '}',
];

function itemPart(forEach: ForEach, unitsPerKey: number, options: ItemOptions): string[] {
  return [
    ...failFunctions,
    ...numberFunction,
    ...unitLines(forEach, options),
    ...loadFunctions(forEach, unitsPerKey, options),
  ];
}

/** The numbers of this pod's units in $podloom_units; for one unit, its number in $podloom_i. */
function unitLines(forEach: ForEach, options: ItemOptions): string[] {
  const map = shellQuote(`${rootOf(options)}/run/map`);
  const carried = forEach.items.kind === 'output' && options.itemSource === 'environment';
  return [
    `podloom_number "\${PODLOOM_INDEX:-\${JOB_COMPLETION_INDEX:-${carried ? '0' : ''}}}"`,
    'podloom_pod=$podloom_value',
    'podloom_number "${PODLOOM_OFFSET:-0}"',
    `podloom_i=$((podloom_pod * ${forEach.itemsPerPod} + podloom_value))`,
    'podloom_units=$podloom_i',
    ...(forEach.itemsPerPod > 1 ? unitListLines(forEach, options) : []),
    '# A rerun of some items: from the number of the pod to those of the items.',
    `if [ -f ${map} ]; then`,
    '  podloom_units=',
    `  . ${map}`,
    '  [ -n "$podloom_units" ] || podloom_fail "the rerun has nothing for pod $podloom_pod"',
    ...(forEach.itemsPerPod > 1 ? [] : ['  podloom_i=$podloom_units']),
    'fi',
  ];
}

function unitListLines(forEach: ForEach, options: ItemOptions): string[] {
  const count = countUnits(forEach);
  return [
    ...(count === undefined ? [`. ${shellQuote(`${rootOf(options)}/items/count`)}`] : [`podloom_count=${count}`]),
    `podloom_end=$((podloom_i + ${forEach.itemsPerPod}))`,
    '[ "$podloom_end" -le "$podloom_count" ] || podloom_end=$podloom_count',
    'podloom_n=$podloom_i',
    'while [ "$((podloom_n + 1))" -lt "$podloom_end" ]; do',
    '  podloom_n=$((podloom_n + 1))',
    '  podloom_units="$podloom_units $podloom_n"',
    'done',
  ];
}

/** `podloom_run` replaces its shell with the command of the unit $podloom_i. */
function runFunctions(task: Task, options: ItemOptions): string[] {
  const names = new ScriptNames(task);
  const { program, environment } = task.container;
  const exports = environment.variables.flatMap((variable) =>
    variable.kind === 'text' && isSetByScript(variable)
      ? [`  export ${variable.name}=${names.word(variable.text)}`]
      : [],
  );
  // Pieces of argv, cut where all items of a batch stand.
  const pieces: { list: string | undefined; words: string[] }[] = [{ list: undefined, words: [] }];
  if (program.kind === 'script') {
    pieces[0]?.words.push(...program.interpreter.map(shellQuote), shellQuote(`${rootOf(options)}/items/source`));
  }
  for (const argument of argumentsOf(program)) {
    if (argument.kind === 'text') pieces.at(-1)?.words.push(names.word(argument.text));
    else if (names.batch === 1) pieces.at(-1)?.words.push(names.itemWord(argument.field));
    else pieces.push({ list: names.listFunction(argument.field), words: [] });
  }
  const lines: string[] = [];
  for (const [number, { words }] of pieces.entries()) {
    const start =
      number === 0 ? ['podloom_run() {', ...beforeRun(task, names), ...exports] : [`podloom_argv${number}() {`];
    const next = pieces[number + 1];
    const call = next === undefined ? 'exec' : `${next.list} podloom_argv${number + 1}`;
    lines.push(...start, `  ${[call, ...(number === 0 ? [] : ['"$@"']), ...words].join(' ')}`, '}');
  }
  return [...(names.joined.length > 0 ? joinFunction : []), ...lines];
}

function beforeRun({ forEach }: Task, names: ScriptNames): string[] {
  if (forEach === undefined) return [];
  const variables = forEach.batch > 1 ? [] : itemVariables(shapeOf(forEach.items)).map(({ name }) => name);
  return [
    '  podloom_load',
    ...names.joined.flatMap(({ list, separator, variable }) => [
      `  ${list} podloom_join ${shellQuote(separator)}`,
      `  ${variable}=$podloom_text`,
    ]),
    ...(variables.length > 0 ? [`  export ${variables.join(' ')}`] : []),
  ];
}

const joinFunction = [
  'podloom_join() {',
  '  podloom_separator=$1',
  '  podloom_text=$2',
  '  shift 2',
  '  for podloom_item do podloom_text=$podloom_text$podloom_separator$podloom_item; done',
  '}',
];

/** Runs one unit in a child, passes SIGTERM on to it, and waits: its exit code is in $podloom_code. */
const childFunctions = [
  'podloom_child=',
  'podloom_stopped=',
  'trap \'podloom_stopped=1; [ -z "$podloom_child" ] || kill -TERM "$podloom_child" 2>/dev/null || :\' TERM',
  'podloom_run_child() {',
  '  podloom_run &',
  '  podloom_child=$!',
  '  [ -z "$podloom_stopped" ] || kill -TERM "$podloom_child" 2>/dev/null || :',
  '  podloom_code=0',
  '  wait "$podloom_child" || podloom_code=$?',
  '  # A signal ends `wait` before the child ends.',
  '  while [ "$podloom_code" -gt 128 ] && kill -0 "$podloom_child" 2>/dev/null; do',
  '    podloom_code=0',
  '    wait "$podloom_child" || podloom_code=$?',
  '  done',
  '  podloom_child=',
  '}',
];

function mainLines(perPod: number, gathers: boolean): string[] {
  if (perPod > 1) return loopLines(gathers);
  if (!gathers) return ['podloom_run'];
  return ['podloom_run_child', '[ "$podloom_code" -ne 0 ] || podloom_gather', 'exit "$podloom_code"'];
}

/** The exit code of the pod is that of the first unit that failed; all units run. */
function loopLines(gathers: boolean): string[] {
  return [
    'podloom_result=0',
    'for podloom_i in $podloom_units; do',
    '  if [ -n "$podloom_stopped" ]; then',
    '    [ "$podloom_result" -ne 0 ] || podloom_result=143',
    '    break',
    '  fi',
    `  printf '%s\\n' "${UNIT_MARKER.begin('$podloom_i')}"`,
    '  podloom_run_child',
    `  printf '\\n%s\\n' "${UNIT_MARKER.end('$podloom_i', '$podloom_code')}"`,
    '  [ "$podloom_result" -ne 0 ] || podloom_result=$podloom_code',
    'done',
    ...(gathers ? ['[ "$podloom_result" -ne 0 ] || podloom_gather'] : []),
    'exit "$podloom_result"',
  ];
}
