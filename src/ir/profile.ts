/** What is known of the cluster that the output is for. */
export interface Profile {
  readonly name: string;
  /** Minor version, `1.28` … `1.37`. */
  readonly kubernetes: string;
  readonly argo: '3.7' | '4.0' | '4.1';
  /** Node pools. Empty: unknown, so nothing about nodes is checked. */
  readonly nodes: readonly NodePool[];
  /** PriorityClasses that exist besides podloom's. undefined: unknown. */
  readonly priorityClasses?: readonly string[] | undefined;
}
export interface NodePool {
  readonly count: number;
  readonly zone?: string | undefined;
  /** Allocatable on one node. */
  readonly cpu?: string | undefined;
  readonly memory?: string | undefined;
  readonly gpu?: { readonly product: string; readonly count: number } | undefined;
  readonly labels?: { readonly [key: string]: string } | undefined;
  readonly taints?:
    | readonly { readonly key: string; readonly value?: string | undefined; readonly effect: string }[]
    | undefined;
}
export const defaultProfile: Profile = { name: 'default', kubernetes: '1.33', argo: '4.0', nodes: [] };
