import type { Column, Embedded, EmbeddedTask } from './embedded.ts';
import { itemStates, logKinds, type ReportTask, type RunReport } from './model.ts';

/** `base`: as in `Embedded`. */
export function embed(report: RunReport, base: string): Embedded {
  const causes = new Numbering();
  const nodes = new Numbering();
  const from = firstTime(report);
  return {
    ...{ base, status: report.status, from, session: report.started - from, until: report.ended - from },
    tasks: report.tasks.map((task) => embedTask(task, from, causes, nodes)),
    causes: causes.known,
    nodes: nodes.known,
  };
}

/** As the content of a script element: nothing in it ends the element or begins a comment. */
export function embeddedText(embedded: Embedded): string {
  return JSON.stringify(embedded).replaceAll('<', '\\u003c');
}

function embedTask(task: ReportTask, from: number, causes: Numbering, nodes: Numbering): EmbeddedTask {
  const attempts = task.items.flatMap((item) => item.attempts);
  let before = 0;
  const starts = attempts.map(({ started }) => {
    const after = started - from - before;
    before = started - from;
    return after;
  });
  return {
    name: task.name,
    items: task.items.map(({ name }) => name.toWellFormed()),
    states: column(task.items.map(({ state }) => itemStates.indexOf(state))),
    attempts: column(task.items.map((item) => item.attempts.length)),
    numbers: column(attempts.map(({ number }) => number)),
    starts: column(starts),
    lengths: column(attempts.map(({ started, ended }) => ended - started)),
    waits: column(attempts.map(({ queued, started }) => (queued === undefined ? -1 : started - queued))),
    causes: column(attempts.map(({ cause }) => causes.of(cause))),
    nodes: column(attempts.map(({ node }) => nodes.of(node))),
    logs: column(attempts.map(({ log }) => logKinds.indexOf(log))),
  };
}

function firstTime({ started, tasks }: RunReport): number {
  let first = started;
  for (const { items } of tasks) {
    for (const { attempts } of items) {
      for (const attempt of attempts) first = Math.min(first, attempt.queued ?? attempt.started);
    }
  }
  return first;
}

function column(numbers: readonly number[]): Column {
  const [first = 0] = numbers;
  return numbers.every((number) => number === first) ? first : numbers;
}

/** Numbers texts in the order in which they come, from 1; 0 is none. */
class Numbering {
  readonly known: string[] = [];
  readonly #numbers = new Map<string, number>();

  of(text: string | undefined): number {
    if (text === undefined) return 0;
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.known.push(text.toWellFormed());
      this.#numbers.set(text, number);
    }
    return number;
  }
}
