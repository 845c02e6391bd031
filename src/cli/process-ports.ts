import type { Output, Ports } from './ports.ts';
import { realToolchain } from './real-toolchain.ts';

/** Ctrl-C, `kill`, and a terminal that is closed. */
const INTERRUPTS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The ports of the process that this is. */
export function processPorts(): Ports {
  return {
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
    ask: process.stdin.isTTY && process.stderr.isTTY ? askPerson : undefined,
    cwd: process.cwd(),
    env: process.env,
    onInterrupt(listener) {
      for (const signal of INTERRUPTS) process.on(signal, listener);
      return () => {
        for (const signal of INTERRUPTS) process.off(signal, listener);
      };
    },
    exitNow: (code) => process.exit(code),
    announceInputs: (files) => void process.send?.({ inputs: files }),
    toolchain: realToolchain,
  };
}

async function askPerson(question: string): Promise<string> {
  const { createInterface } = await import('node:readline');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    lines.on('close', () => resolve('')).on('SIGINT', () => lines.close());
    lines.question(question, (answer) => {
      resolve(answer);
      lines.close();
    });
  });
}

function outputOf(stream: NodeJS.WriteStream): Output {
  // A reader that has seen enough (`podloom synth --stdout | head`) is no error.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
  return {
    write: (text) => void stream.write(text),
    drained: () => flushed(stream),
    // Where escapes are not understood, nothing is drawn anew and nothing has colours.
    isTTY: stream.isTTY === true && process.env.TERM !== 'dumb',
    get columns() {
      return stream.columns ?? 80;
    },
  };
}

/** Waits until all that was written has left the process. */
export async function flushed(stream: NodeJS.WriteStream): Promise<void> {
  await new Promise<void>((resolve) => void stream.write('', () => resolve()));
}
