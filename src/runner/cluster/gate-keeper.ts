import { ApiError } from '../../cluster/errors.ts';
import type { ClusterContext } from './context.ts';
import { patiently } from './patience.ts';
import type { PodView } from './pod-view.ts';

/** The gates that podloom puts on pods (targets/jobs): the runner takes them away. Others are not its own. */
const GATES = new Set(['podloom.dev/itemwise', 'podloom.dev/window']);
/** Condition on a gated pod whose upstream item failed; the Job's `podFailurePolicy` ends the index by it. */
const UPSTREAM_CONDITION = 'podloom.dev/UpstreamFailed';
/** Reason in the status of such a pod. */
export const UPSTREAM_FAILED = 'UpstreamFailed';

type Word = 'wait' | 'pass' | { readonly refusedBy: string };

/**
 * Lets the pods of one task through one by one. A pod may pass when all of its units that are still open may; it is refused when one of
 * them is. Pods that come again for units that were let through pass at once.
 */
export class GateKeeper {
  readonly #context: ClusterContext;
  readonly #words = new Map<number, Word>();
  /** Pods at the gate, by their units. */
  readonly #waiting = new Map<number, Set<GatedPod>>();
  readonly #onError: (error: unknown) => void;

  constructor(context: ClusterContext, onError: (error: unknown) => void) {
    this.#context = context;
    this.#onError = onError;
  }

  /** Upstream task of a unit that was refused. */
  refusedBy(unit: number): string | undefined {
    const word = this.#words.get(unit);
    return typeof word === 'object' ? word.refusedBy : undefined;
  }

  /** A pod was seen at the gate. `units`: those of its units that are open. */
  seen(pod: PodView, units: readonly number[]): void {
    const gated: GatedPod = { pod, units, decided: false };
    for (const unit of units) {
      const waiting = this.#waiting.get(unit) ?? new Set();
      waiting.add(gated);
      this.#waiting.set(unit, waiting);
    }
    this.#decide(gated);
  }

  pass(unit: number): void {
    this.#say(unit, 'pass');
  }

  refuse(unit: number, task: string): void {
    this.#say(unit, { refusedBy: task });
  }

  #say(unit: number, word: Word): void {
    this.#words.set(unit, word);
    for (const gated of this.#waiting.get(unit) ?? []) this.#decide(gated);
  }

  #decide(gated: GatedPod): void {
    if (gated.decided) return;
    const words = gated.units.map((unit) => this.#words.get(unit) ?? 'wait');
    if (words.includes('wait')) return;
    gated.decided = true;
    for (const unit of gated.units) this.#waiting.get(unit)?.delete(gated);
    const refused = words.some((word) => typeof word === 'object');
    const work = refused ? this.#fail(gated.pod) : this.#open(gated.pod);
    work.catch((error: unknown) => this.#onError(error));
  }

  async #open({ name, uid, gates }: PodView): Promise<void> {
    const kept = gates.filter((gate) => !GATES.has(gate)).map((gate) => ({ name: gate }));
    // With the uid, so that it is not another pod of that name; gates can only be taken away.
    const patch = { metadata: { uid }, spec: { schedulingGates: kept.length > 0 ? kept : null } };
    await this.#patch(name, patch);
  }

  async #fail({ name, uid }: PodView): Promise<void> {
    const condition = { type: UPSTREAM_CONDITION, status: 'True', reason: UPSTREAM_FAILED };
    const patch = { metadata: { uid }, status: { phase: 'Failed', reason: UPSTREAM_FAILED, conditions: [condition] } };
    await this.#patch(name, patch, 'status');
  }

  /** A pod that is gone, or another by now, comes again as a new one. */
  async #patch(name: string, patch: object, subresource?: string): Promise<void> {
    const { client, namespace, clock, closing } = this.#context;
    const ref = { apiVersion: 'v1', kind: 'Pod', namespace, name };
    try {
      await patiently(clock, closing, () =>
        client.patch(ref, patch, { type: 'merge', ...(subresource !== undefined && { subresource }) }),
      );
    } catch (error) {
      if (!(error instanceof ApiError && [404, 409].includes(error.status))) throw error;
    }
  }
}

interface GatedPod {
  readonly pod: PodView;
  readonly units: readonly number[];
  decided: boolean;
}
