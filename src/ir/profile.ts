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
  /**
   * Kinds of other programs that are installed: `<plural>.<group>/<version>`, such as `workflowtemplates.argoproj.io/v1alpha1`.
   * Of the groups that `podloom profile` looks for. undefined: unknown.
   */
  readonly crds?: readonly string[] | undefined;
}
export interface NodePool {
  readonly count: number;
  readonly zone?: string | undefined;
  /** Allocatable on one node. */
  readonly cpu?: string | undefined;
  readonly memory?: string | undefined;
  readonly gpu?: { readonly product: string; readonly count: number } | undefined;
  /** Other extended resources that are allocatable on one node: `nvidia.com/mig-1g.10gb`, `rdma/rdma_shared_device_a`. */
  readonly resources?: { readonly [name: string]: string } | undefined;
  readonly labels?: { readonly [key: string]: string } | undefined;
  /** Keys of labels whose values differ from node to node: a selector for one may match. */
  readonly variedLabels?: readonly string[] | undefined;
  readonly taints?:
    | readonly { readonly key: string; readonly value?: string | undefined; readonly effect: string }[]
    | undefined;
}
export const defaultProfile: Profile = { name: 'default', kubernetes: '1.33', argo: '4.0', nodes: [] };

/** Minor versions of Kubernetes 1 that podloom knows. */
export const knownKubernetes = { oldest: 28, newest: 37 } as const;
/** Versions of Argo Workflows that podloom knows, oldest first. */
export const knownArgo: readonly Profile['argo'][] = ['3.7', '4.0', '4.1'];
