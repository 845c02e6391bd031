import type { Chart } from 'cdk8s';

/**
 * Where pipelines enter themselves while podloom loads the files of a project. A file needs no `app.synth()` and need
 * not export what it makes. Without a host (plain cdk8s, tests) nothing is registered.
 *
 * The host lies in `globalThis`, so that it is found across two copies of podloom; a copy that is not `owner` is
 * a mistake of the installation, which the loader reports.
 */
export interface Host {
  /** Project root: relative paths of item files start here, never at the working directory. Absolute. */
  readonly root: string;
  /** Called by the constructor of each Pipeline. `copy` identifies the copy of podloom that it comes from. */
  register(pipeline: Chart, copy: string): void;
  /** A file that the user's code read through podloom (`Items.lines`, …). Absolute. For `--watch`. */
  readInput(file: string): void;
}

const HOST = Symbol.for('podloom.host');

/** This copy of podloom, by the URL of its code. */
export const podloomCopy = new URL('..', import.meta.url).href;

export function currentHost(): Host | undefined {
  return (globalThis as { [HOST]?: Host })[HOST];
}

/** Opens the host, or closes it with `undefined`. Returns the one before, to be put back. */
export function setHost(host: Host | undefined): Host | undefined {
  const before = currentHost();
  Reflect.set(globalThis, HOST, host); // no throw when user code has frozen it
  return before;
}
