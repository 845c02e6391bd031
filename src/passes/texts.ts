import type { Collector } from '../diagnostics/collector.ts';
import type { Pipeline } from '../ir/pipeline.ts';
import type { Profile } from '../ir/profile.ts';
import type { Task } from '../ir/task.ts';
import type { Text } from '../ir/text.ts';
import { textsOf } from './tasks.ts';

/** MAX_ARG_STRLEN of Linux: one argument or variable with its name and final NUL. Bytes. */
const MAX_STRING = 131_072;

/** Texts that reach a process as C strings, and commands that name a program. */
export function checkTexts(pipeline: Pipeline, _profile: Profile, diagnostics: Collector): void {
  for (const task of pipeline.tasks) {
    checkProgram(task, diagnostics);
    for (const { field, text } of textsOf(task)) {
      const problem = problemOf(text);
      if (problem !== undefined) diagnostics.report('PL089', { field, problem }, { origin: task.origin });
    }
  }
}

function checkProgram({ container: { program }, origin }: Task, diagnostics: Collector): void {
  if (program.kind === 'command') {
    if (program.command?.length === 0) diagnostics.report('PL088', { field: 'command' }, { origin });
    return;
  }
  if (program.interpreter.length === 0) diagnostics.report('PL088', { field: 'interpreter' }, { origin });
  const fields = { script: program.source, interpreter: program.interpreter.join(' ') };
  for (const [field, text] of Object.entries(fields)) {
    const problem = characterProblem(text);
    if (problem !== undefined) diagnostics.report('PL089', { field, problem }, { origin });
  }
}

function problemOf(text: Text): string | undefined {
  let bytes = 0;
  for (const part of text) {
    if (typeof part !== 'string') continue;
    const problem = characterProblem(part);
    if (problem !== undefined) return problem;
    bytes += Buffer.byteLength(part);
  }
  return bytes >= MAX_STRING ? `has a text of ${bytes} bytes: at most ${MAX_STRING - 1} fit` : undefined;
}

function characterProblem(text: string): string | undefined {
  if (text.includes('\0')) return 'has a NUL character in it';
  return text.isWellFormed() ? undefined : 'has half of a surrogate pair in it, which is no character';
}
