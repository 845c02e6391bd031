import type { AttemptListener, EndedAttempt } from './engine.ts';
import type { AttemptPlace, ItemId } from './event.ts';
import { describeFailure, type Failure } from './failure.ts';
import { ItemLog, logPaths } from './state/item-log.ts';
import { TAIL_LINES, tailLines } from './state/tail.ts';
import type { TaskHost } from './task-run.ts';
import type { Units } from './units.ts';

export interface WholeTaskOptions {
  readonly name: string;
  readonly host: Pick<TaskHost, 'clock' | 'emit' | 'folder'>;
  readonly units: Units;
  /** Names of the logs that were there when the run began. */
  readonly earlierLogs: ReadonlySet<string>;
  /** What a unit is made by. Default: nobody knows. */
  readonly fingerprint?: ((unit: number) => string) | undefined;
  readonly started: (unit: number) => void;
  readonly atGate: (units: readonly number[]) => void;
  readonly through: (units: readonly number[]) => void;
  readonly succeeded: (unit: number) => void;
  /** For good. */
  readonly failed: (unit: number) => void;
}

/** Turns what a whole session tells of a task into logs and events. */
export class WholeTask implements AttemptListener {
  readonly #options: WholeTaskOptions;

  constructor(options: WholeTaskOptions) {
    this.#options = options;
  }

  atGate(units: readonly number[]): void {
    this.#options.atGate(units);
  }

  through(units: readonly number[]): void {
    this.#options.through(units);
  }

  started(unit: number, attempt: number, place?: AttemptPlace): void {
    this.#options.started(unit);
    const { clock, emit } = this.#options.host;
    emit({ kind: 'item-started', time: clock.now(), ...this.#id(unit), attempt, place });
  }

  openLog(unit: number, attempt: number): Promise<ItemLog> {
    const { name, host, earlierLogs } = this.#options;
    return ItemLog.open(host.folder.task(name), this.#id(unit).item, attempt, earlierLogs);
  }

  async ended(unit: number, attempt: number, log: ItemLog, { outcome, final, place }: EndedAttempt): Promise<void> {
    const { clock, emit } = this.#options.host;
    const event = { ...this.#id(unit), attempt, place, started: place?.started ?? clock.now() };
    if (outcome.kind === 'succeeded') {
      const path = await log.succeed();
      const fingerprint = this.#options.fingerprint?.(unit);
      emit({ kind: 'item-succeeded', time: clock.now(), ...event, log: path, fingerprint });
      this.#options.succeeded(unit);
      return;
    }
    const { failure } = outcome;
    const path = await log.fail(describeFailure(failure));
    const tail = final ? await tailLines(path, TAIL_LINES) : [];
    const retryMilliseconds = final ? undefined : 0;
    emit({ kind: 'item-failed', time: clock.now(), ...event, log: path, failure, retryMilliseconds, tail });
    if (final) this.#options.failed(unit);
  }

  async gaveUp(unit: number, attempt: number, failure: Failure): Promise<void> {
    const { name, host } = this.#options;
    const id = this.#id(unit);
    const log = logPaths(host.folder.task(name), id.item).err;
    const tail = await tailLines(log, TAIL_LINES);
    const time = host.clock.now();
    host.emit({ kind: 'item-failed', time, started: time, ...id, attempt, log, failure, tail });
    this.#options.failed(unit);
  }

  pending(reasons: ReadonlyMap<string, number>): void {
    const { name, host } = this.#options;
    host.emit({ kind: 'items-pending', time: host.clock.now(), task: name, reasons });
  }

  #id(unit: number): ItemId {
    return { task: this.#options.name, item: this.#options.units.name(unit), index: unit };
  }
}
