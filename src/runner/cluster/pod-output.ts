import { type AttemptOutcome, failed, SUCCEEDED } from '../failure.ts';
import type { ItemLog, LogWriter } from '../state/item-log.ts';
import type { PodView } from './pod-view.ts';
import { UnitSplitter } from './unit-splitter.ts';

export interface PodOutputOptions {
  /** Whether the pod works through several units and marks where each begins and ends. */
  readonly several: boolean;
  readonly open: (unit: number) => Promise<ItemLog>;
  /** `outcome` undefined: the pod's own. */
  readonly ended: (unit: number, log: ItemLog, outcome: AttemptOutcome | undefined) => Promise<void>;
}

/** One whose log is not complete. */
export interface OpenOutput {
  readonly output: PodOutput;
  /** Of each unit whose log is open. */
  readonly attempts: Map<number, number>;
  /** As it was seen last. */
  pod: PodView;
}

/** Where the log of one pod goes: to the log of its unit, or cut up to those of its units. */
export class PodOutput {
  readonly #units: Set<number>;
  readonly #options: PodOutputOptions;
  readonly #logs = new Map<number, ItemLog>();
  #writer: Promise<LogWriter> | undefined;
  #splitter: UnitSplitter | undefined;

  /** `units`: those of the pod that are still open. Others are dropped: they have their log. */
  constructor(units: readonly number[], options: PodOutputOptions) {
    this.#units = new Set(units);
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#units.size === 0;
  }

  writer(): Promise<LogWriter> {
    this.#writer ??= this.#options.several ? Promise.resolve(this.#split()) : this.#open([...this.#units][0]!);
    return this.#writer;
  }

  /** The log is complete: units that did not say how they ended, ended as the pod did. */
  async finish(): Promise<void> {
    await this.#splitter?.finish();
    for (const unit of this.#units) {
      const log = this.#logs.get(unit) ?? (await this.#open(unit));
      await this.#options.ended(unit, log, undefined);
    }
    this.#units.clear();
  }

  /** Leaves nothing of logs that are not complete: the next runner reads them again. Those that are stay. */
  async discard(): Promise<void> {
    await this.#writer?.catch(() => {}); // it could not be opened: there is nothing to leave
    for (const unit of this.#units) await this.#logs.get(unit)?.discard();
  }

  async #open(unit: number): Promise<ItemLog> {
    const log = await this.#options.open(unit);
    this.#logs.set(unit, log);
    return log;
  }

  #split(): LogWriter {
    const nowhere: LogWriter = { write: async () => {} };
    this.#splitter = new UnitSplitter({
      begin: async (unit) => (this.#units.has(unit) ? (this.#logs.get(unit) ?? (await this.#open(unit))) : nowhere),
      end: async (unit, code) => {
        const log = this.#logs.get(unit);
        if (log === undefined || !this.#units.delete(unit)) return;
        await this.#options.ended(unit, log, code === 0 ? SUCCEEDED : failed({ kind: 'exit', code }));
      },
    });
    return this.#splitter;
  }
}
