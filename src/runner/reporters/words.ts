import { relative } from 'node:path';
import type { Origin } from '../../diagnostics/location.ts';
import { shellQuote } from '../../units/shell-quote.ts';
import type { RunEvent } from '../event.ts';
import { describeFailure } from '../failure.ts';
import type { ReporterOptions } from './reporter.ts';
import { duration, summaryLine } from './tally.ts';

/** Failures that are shown in full; after that one line each. */
const FULL_FAILURES = 10;

/** The words for people, as lines; the same on a terminal and in a file. */
export class Words {
  readonly #options: ReporterOptions;
  readonly #origins = new Map<string, Origin>();
  #failures = 0;

  constructor(options: ReporterOptions) {
    this.#options = options;
  }

  /** What is said of an event, for good. Nothing for most of them. */
  lines(event: RunEvent): string[] {
    switch (event.kind) {
      case 'run-started': {
        for (const { name, origin } of event.tasks) this.#origins.set(name, origin);
        const count = event.tasks.length;
        return [`run ${event.run}: ${count} ${count === 1 ? 'task' : 'tasks'}, logs in ${this.#path(event.folder)}`];
      }
      case 'item-failed':
        return this.#failure(event);
      case 'task-ended':
        return [summaryLine(event.summary)];
      case 'interrupted':
        return [
          this.#options.detaches === true
            ? 'detaching: the Jobs go on in the cluster; once more ends podloom at once'
            : `interrupted: ending ${event.running} running; once more ends them at once`,
        ];
      case 'connection':
        return [
          event.problem === undefined
            ? 'connected again'
            : `no connection to the cluster, trying again; what runs there goes on: ${visible(event.problem)}`,
        ];
      case 'run-ended': {
        const { status, run, started, ended } = event.summary;
        const detached = status === 'interrupted' && this.#options.detaches === true;
        const lines = [`run ${run}: ${detached ? 'detached after' : `${status} in`} ${duration(ended - started)}`];
        if (status === 'interrupted') lines.push(`go on with: ${this.#options.followCommand ?? this.#options.command}`);
        if (status === 'failed') lines.push(`run again what failed with: ${this.#options.command}`);
        return lines;
      }
      case 'task-started':
      case 'items-kept':
      case 'items-pending':
      case 'item-started':
      case 'item-succeeded':
        return [];
    }
  }

  #failure(event: Extract<RunEvent, { kind: 'item-failed' }>): string[] {
    const { task, item, attempt, failure, retryMilliseconds, tail, log } = event;
    const what = `${task}/${item}: ${describeFailure(failure)}`;
    if (retryMilliseconds !== undefined) {
      return [`retry  ${what} (attempt ${attempt}), next in ${duration(retryMilliseconds)}`];
    }
    if (failure.kind === 'interrupted') return [];
    const lines = [`FAILED ${what}${attempt > 1 ? ` (attempt ${attempt})` : ''}`];
    if (++this.#failures > FULL_FAILURES) return lines;
    for (const line of tail) lines.push(`       | ${visible(line)}`);
    lines.push(`       log: ${this.#path(log)}`);
    const location = this.#origins.get(task)?.location;
    if (location) lines.push(`       task: ${this.#path(location.file)}:${location.line}:${location.column}`);
    lines.push(`       again: ${this.#options.command} --rerun ${shellQuote(`${task}/${item}`)}`);
    if (this.#failures === FULL_FAILURES) lines.push('       (further failures are shown in one line)');
    return lines;
  }

  #path(path: string): string {
    return relative(this.#options.root, path) || '.';
  }
}

/** Control characters, which could move the cursor or colour the terminal, written out: `\x1b`. */
export function visible(text: string): string {
  return text.replace(/[\0-\x08\x0a-\x1f\x7f-\x9f]/g, (character) => `\\x${hex(character)}`);
}

function hex(character: string): string {
  return character.charCodeAt(0).toString(16).padStart(2, '0');
}
