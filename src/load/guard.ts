import type { Frame } from '../diagnostics/stack.ts';
import { parseStack } from '../diagnostics/stack.ts';

/** What user code did while it was loaded, besides making pipelines. */
export interface GuardEvents {
  /** It called process.exit. */
  exited(call: string, frames: readonly Frame[]): void;
  /** A promise was rejected, or a callback threw, and nobody caught it. */
  uncaught(error: unknown): void;
}

/** Thrown in place of process.exit, so that the code behind the call does not run. */
export class ExitAttempt extends Error {
  override readonly name = 'ExitAttempt';
}

/** Warnings of Node about how it reads TypeScript: right, and nothing that users have to act on. */
const quietWarnings = /type stripping is an experimental feature|module type of .* is not specified/i;

/**
 * While it is set, user code can neither end the process nor write to stdout, which is for data:
 * what it prints goes to stderr.
 */
export class Guard {
  readonly #undo: (() => void)[] = [];

  constructor(events: GuardEvents) {
    this.#guardExit(events);
    this.#guardOutput();
    this.#guardWarnings();
    const uncaught = (error: unknown) => events.uncaught(error);
    for (const event of ['unhandledRejection', 'uncaughtException'] as const) {
      process.on(event, uncaught);
      this.#undo.push(() => process.off(event, uncaught));
    }
  }

  release(): void {
    for (const undo of this.#undo.reverse()) undo();
  }

  #guardExit(events: GuardEvents): void {
    const { exit } = process;
    process.exit = function guardedExit(code?: number | string | null): never {
      const trace: { stack?: string } = {};
      Error.captureStackTrace(trace, guardedExit);
      const frames = parseStack(trace.stack ?? '');
      const owner = frames[0]?.owner;
      if (owner === 'podloom' || owner === 'node') return exit.call(process, code);
      events.exited(`process.exit(${code ?? ''})`, frames);
      throw new ExitAttempt('process.exit is not available while a pipeline is loaded');
    };
    this.#undo.push(() => {
      process.exit = exit;
    });
  }

  #guardOutput(): void {
    const own = Object.getOwnPropertyDescriptor(process.stdout, 'write');
    process.stdout.write = process.stderr.write.bind(process.stderr) as typeof process.stdout.write;
    this.#undo.push(() => {
      if (own === undefined) Reflect.deleteProperty(process.stdout, 'write');
      else Object.defineProperty(process.stdout, 'write', own);
    });
  }

  #guardWarnings(): void {
    const listeners = process.listeners('warning');
    const filter = (warning: Error) => {
      if (quietWarnings.test(warning.message)) return;
      for (const listener of listeners) listener.call(process, warning);
    };
    process.removeAllListeners('warning');
    process.on('warning', filter);
    this.#undo.push(() => {
      process.off('warning', filter);
      for (const listener of listeners) process.on('warning', listener);
    });
  }
}
