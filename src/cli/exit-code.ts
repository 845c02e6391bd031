/** What podloom's exit codes mean. */
export const ExitCode = {
  ok: 0,
  /** `--check` found drift, an item of a run failed, or a manifest is not valid. */
  failed: 1,
  /** Bad input or a wrong command line. */
  badInput: 2,
  /** The cluster cannot be reached, or the time that `--timeout` gives is over. */
  unreachable: 3,
  /** Ctrl-C. */
  interrupted: 130,
} as const;
