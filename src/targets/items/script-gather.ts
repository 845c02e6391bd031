import { TERMINATION_MESSAGE_LIMIT } from '../../units/gathered-outputs.ts';
import { shellQuote } from '../../units/shell-quote.ts';
import { type ItemOptions, rootOf } from './options.ts';

/** Writes the outputs into the termination message, as `parseGatheredOutputs` reads them. Bytes count, so the C locale. */
export function gatherFunction(names: readonly string[], options: ItemOptions): string[] {
  return [
    "podloom_newline='",
    "'",
    'podloom_add() {',
    '  podloom_message=$podloom_message$1$podloom_newline',
    `  [ "\${#podloom_message}" -gt ${TERMINATION_MESSAGE_LIMIT} ] || return 0`,
    `  printf 'podloom: the outputs are larger than ${TERMINATION_MESSAGE_LIMIT} bytes in all\\n' >&2`,
    '  exit 125',
    '}',
    'podloom_gather() {',
    '  LC_ALL=C',
    '  podloom_message=',
    `  for podloom_name in ${names.map(shellQuote).join(' ')}; do`,
    `    podloom_file=${shellQuote(`${rootOf(options)}/outputs/`)}$podloom_name`,
    '    [ -f "$podloom_file" ] || continue',
    '    podloom_add "$podloom_name"',
    '    while IFS= read -r podloom_line || [ -n "$podloom_line" ]; do',
    '      podloom_add " $podloom_line"',
    '    done <"$podloom_file"',
    '  done',
    `  printf '%s' "$podloom_message" >${shellQuote(options.terminationLog ?? '/dev/termination-log')}`,
    '}',
  ];
}
