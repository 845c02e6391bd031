import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { JsonObject } from '../../../src/ir/scalar.ts';
import { buildProgram } from '../rig/programs.ts';

/**
 * Argo's own validation, the package behind `argo lint` and the workflow-controller, as a process that answers a line for each
 * line. Of Argo 3.7.4, as the CRDs: 4.x is not on the Go module proxy, and @kubernetes-models/argo-workflows, which has its
 * schemas, only knows types. What 4.x is stricter in (200 templates, tasks of a DAG, 500 parameters) is in podloom's own checks.
 */
export class ArgoLint {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #questions: { readonly answer: (line: string) => void; readonly fail: (error: Error) => void }[] = [];

  private constructor(program: string) {
    this.#process = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface(this.#process.stdout).on('line', (line) => this.#questions.shift()?.answer(line));
    this.#process.on('exit', (code) => {
      for (const { fail } of this.#questions) fail(new Error(`argo-lint ended with ${code}`));
    });
  }

  static async start(): Promise<ArgoLint> {
    return new ArgoLint(await buildProgram('argo-lint', (line) => console.error(line)));
  }

  /** What Argo says of objects that belong together, such as a WorkflowTemplate and its CronWorkflow; of other kinds nothing. */
  async problems(objects: readonly JsonObject[]): Promise<string[]> {
    const asked = objects.filter(({ apiVersion }) => String(apiVersion).startsWith('argoproj.io/'));
    if (asked.length === 0) return [];
    const answer = new Promise<string>((answer, fail) => {
      this.#questions.push({ answer, fail });
    });
    this.#process.stdin.write(`${JSON.stringify(asked)}\n`);
    return JSON.parse(await answer) as string[];
  }

  stop(): void {
    this.#process.stdin.end();
  }
}
