/** What an old run has left, in a cluster or on disk. Times are in milliseconds since 1970. */
export interface LeftRun {
  readonly run: string;
  readonly pipeline: string;
  /** When the last of it happened, as far as anybody knows: its end, else its start. */
  readonly last: number;
  /** Why it must stay, whatever anybody says: `it is running`. undefined: nothing of it goes on. */
  readonly busy: string | undefined;
  /** Whether its logs are known to be somewhere else. */
  readonly collected: boolean;
}

export interface Rule {
  readonly now: number;
  readonly olderThanMillis: number;
  /** So many of each pipeline stay, the newest. */
  readonly keep: number;
  /** Whether runs go whose logs nobody is known to have. */
  readonly uncollected: boolean;
  /** Only these go, however young they are and whoever has their logs. Empty: all that the rule says. */
  readonly names: readonly string[];
}

export interface Choice<Run extends LeftRun> {
  readonly goes: readonly Run[];
  /** With the reason, as people read it. */
  readonly stays: readonly { readonly run: Run; readonly why: string }[];
}

/** Which runs go. Both lists are ordered by pipeline, the newest first. */
export function chooseRuns<Run extends LeftRun>(runs: readonly Run[], rule: Rule): Choice<Run> {
  const goes: Run[] = [];
  const stays: { run: Run; why: string }[] = [];
  const seen = new Map<string, number>();
  for (const run of [...runs].sort(byPipelineAndAge)) {
    const newer = seen.get(run.pipeline) ?? 0;
    seen.set(run.pipeline, newer + 1);
    const why = whyStays(run, newer, rule);
    if (why === undefined) goes.push(run);
    else stays.push({ run, why });
  }
  return { goes, stays };
}

function whyStays(run: LeftRun, newer: number, rule: Rule): string | undefined {
  const { now, olderThanMillis, keep, uncollected, names } = rule;
  if (run.busy !== undefined) return run.busy;
  if (names.length > 0) return names.includes(run.run) ? undefined : 'it is not named';
  if (newer < keep) return `it is among the newest ${keep} of its pipeline (--keep)`;
  if (now - run.last < olderThanMillis) return 'it is too young (--older-than)';
  if (!run.collected && !uncollected) return 'nobody is known to have its logs (--uncollected)';
  return undefined;
}

function byPipelineAndAge(a: LeftRun, b: LeftRun): number {
  if (a.pipeline !== b.pipeline) return a.pipeline < b.pipeline ? -1 : 1;
  return b.last - a.last || (a.run < b.run ? -1 : 1);
}

/** A ConfigMap that is named by its content, such as a table of items or a part of a plan. */
export interface ContentMap {
  readonly name: string;
  readonly created: number;
  /** Text in which it may name others of its kind. */
  readonly text: string;
}

/**
 * Those that nothing uses: no text of what stays names them, and none that is used does. Young ones stay, since the run that made one may
 * be about to use it.
 */
export function unusedMaps(
  maps: readonly ContentMap[],
  users: readonly string[],
  isYoung: (created: number) => boolean,
): readonly ContentMap[] {
  const left = new Map(maps.map((map) => [map.name, map]));
  const texts = [...users];
  for (const map of maps) if (isYoung(map.created)) take(map);
  for (let text = texts.pop(); text !== undefined; text = texts.pop()) {
    for (const word of text.match(/[a-z0-9][-a-z0-9.]*/g) ?? []) {
      const map = left.get(word);
      if (map !== undefined) take(map);
    }
  }
  return [...left.values()];

  function take(map: ContentMap): void {
    left.delete(map.name);
    texts.push(map.text);
  }
}
