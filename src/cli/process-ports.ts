import type { Output, Ports } from './ports.ts';
import { realToolchain } from './real-toolchain.ts';

/** The ports of the process that this is. */
export function processPorts(): Ports {
  return {
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
    cwd: process.cwd(),
    env: process.env,
    onInterrupt(listener) {
      process.on('SIGINT', listener).on('SIGTERM', listener);
      return () => void process.off('SIGINT', listener).off('SIGTERM', listener);
    },
    exitNow: (code) => process.exit(code),
    announceInputs: (files) => void process.send?.({ inputs: files }),
    toolchain: realToolchain,
  };
}

function outputOf(stream: NodeJS.WriteStream): Output {
  // A reader that has seen enough (`podloom synth --stdout | head`) is no error.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
  return {
    write: (text) => void stream.write(text),
    isTTY: stream.isTTY === true,
    get columns() {
      return stream.columns ?? 80;
    },
  };
}

/** Waits until all that was written has left the process. */
export async function flushed(stream: NodeJS.WriteStream): Promise<void> {
  await new Promise<void>((resolve) => void stream.write('', () => resolve()));
}
