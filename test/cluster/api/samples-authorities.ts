import type { JsonObject } from '../../../src/ir/scalar.ts';
import { Admission } from './samples-admission.ts';
import { ArgoLint } from './samples-argo-lint.ts';
import { derivedObjects, jobOfRun, workflowOf } from './samples-derived.ts';

/** Those who decide whether what podloom emits can run: the API server of Kubernetes and Argo's own validation. */
export class Authorities {
  readonly #admission: Admission;
  readonly #lint: ArgoLint;

  private constructor(admission: Admission, lint: ArgoLint) {
    this.#admission = admission;
    this.#lint = lint;
  }

  /** `name`: of the namespace, with something random behind it. `accounts`: that users have made in it. */
  static async open(name: string, accounts: readonly string[] = []): Promise<Authorities> {
    return new Authorities(await Admission.open(name, accounts), await ArgoLint.start());
  }

  close(): void {
    this.#lint.stop();
  }

  get requests(): number {
    return this.#admission.requests;
  }

  /** What they refuse of objects that belong together, of the runs of them, and of the Jobs and pods that controllers make. */
  async refusals(objects: readonly JsonObject[]): Promise<string[]> {
    const runs = [
      ...objects.filter(({ kind }) => kind === 'Job').map(jobOfRun),
      ...objects.filter(({ kind }) => kind === 'WorkflowTemplate').map(workflowOf),
    ];
    const all = [...objects, ...runs];
    const derived = runs.filter(({ kind }) => kind === 'Job').flatMap(derivedObjects);
    const others = objects.filter(({ kind }) => kind !== 'Job').flatMap(derivedObjects);
    const [refused, problems] = await Promise.all([
      this.#admission.refusals([...all, ...derived, ...others]),
      // A Workflow of podloom's leaves the parameters without a default to whoever creates it.
      this.#lint.problems([...objects.filter(({ kind }) => kind !== 'Workflow'), ...runs]),
    ]);
    return [...refused, ...problems];
  }
}
