import { ApiError } from '../../cluster/errors.ts';
import type { Clock } from '../clock.ts';
import { patiently, pause } from '../cluster/patience.ts';
import { untilGone } from '../cluster/removal.ts';
import { WORKFLOW } from './argo-watch.ts';
import { type SubmitOptions, submit } from './submit.ts';
import type { WorkflowView } from './workflow-view.ts';

const FIRST_MILLIS = 500;
/** With these waits the last one is made 15 seconds after the first. */
const MOST = 5;

/**
 * Whether it ended because Argo's controller did not know its WorkflowTemplate: it looks templates up in a cache that may not have a new
 * one yet (seen with Argo 3.7.4), and nothing that could be waited for says that it has. Nothing of the Workflow has run.
 */
export function isTooEarly({ phase, message, nodes }: WorkflowView): boolean {
  return phase === 'Error' && nodes?.length === 0 && /^workflowtemplates\S* "[^"]*" not found$/.test(message);
}

/** Makes Workflows again that came too early, a few times, each time after a longer while. */
export class EarlyWorkflows {
  readonly #submitted: SubmitOptions;
  readonly #clock: Clock;
  #made = 0;

  constructor(submitted: SubmitOptions, clock: Clock) {
    this.#submitted = submitted;
    this.#clock = clock;
  }

  /** Not even patience has helped: it is the answer. */
  get isEnough(): boolean {
    return this.#made >= MOST;
  }

  /** Removes the Workflow and makes another one of its name. Gives its uid; rejects when it is interrupted. */
  async again(uid: string, stop: AbortSignal): Promise<string> {
    const { client, namespace, values } = this.#submitted;
    const ref = { ...WORKFLOW, namespace, name: values.run };
    await pause(this.#clock, FIRST_MILLIS * 2 ** this.#made++, stop);
    stop.throwIfAborted();
    await patiently(this.#clock, stop, () => client.delete(ref, { uid, signal: stop }).catch(unlessReplaced));
    const old = { ...WORKFLOW, metadata: { namespace, name: values.run, uid } };
    await untilGone({ client, clock: this.#clock, signal: stop }, old);
    return (await patiently(this.#clock, stop, () => submit(this.#submitted))).uid;
  }
}

/** Another runner was faster: there is a Workflow of another uid. */
function unlessReplaced(error: unknown): void {
  if (!(error instanceof ApiError && error.status === 409)) throw error;
}
