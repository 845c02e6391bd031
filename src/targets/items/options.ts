/** How a target carries items and outputs; the same options for all functions of this room. */
export interface ItemOptions {
  /**
   * Whether the script gathers two or more values and lists into the termination message (jobs). One alone is the
   * termination message itself, and Argo's executor reads the files.
   */
  readonly gatherOutputs: boolean;
  /**
   * Where the items of a list made at run time come from: tables that the runner's splitter makes (jobs), or the
   * environment (argo). Listed items are always in tables, computed ones are computed.
   */
  readonly itemSource: 'table' | 'environment';
  /** Where podloom's files are in the container. Default `/podloom`. */
  readonly root?: string | undefined;
  /** Default `/dev/termination-log`, as in Kubernetes. */
  readonly terminationLog?: string | undefined;
}

/** How the two targets carry items. */
export const jobsItems: ItemOptions = { gatherOutputs: true, itemSource: 'table' };
export const argoItems: ItemOptions = { gatherOutputs: false, itemSource: 'environment' };

export function rootOf(options: ItemOptions): string {
  return options.root ?? '/podloom';
}
