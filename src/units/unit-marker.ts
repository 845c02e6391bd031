/**
 * The lines between which the output of one unit stands in the log of a pod that works through several of them
 * (`itemsPerPod`). They are written to standard output:
 *
 *     ::podloom unit=17 begin::
 *     … what the command wrote, and one newline that is not part of it …
 *     ::podloom unit=17 exit=0::
 *
 * The number is that of the unit (item or batch) in the task, `exit` is the exit code of its command. The newline before
 * the last line is always written by podloom, so that output without one at its end stays apart from the marker.
 */
export const UNIT_MARKER = {
  begin: (unit: string): string => `::podloom unit=${unit} begin::`,
  end: (unit: string, code: string): string => `::podloom unit=${unit} exit=${code}::`,
  /** Matches a whole line, without its newline. Groups: the unit, and the exit code of an end marker. */
  pattern: /^::podloom unit=(\d+) (?:begin|exit=(\d+))::$/,
} as const;
