import type { Credentials } from './credentials.ts';

/** How to reach an API server, and as whom. */
export interface ClusterAccess {
  /** `https://host:port`, perhaps with a path, without `/` at the end. */
  readonly server: string;
  readonly tls: TlsSettings;
  /** An HTTP proxy that is asked to CONNECT. */
  readonly proxy?: string | undefined;
  /** Namespace for objects that name none. */
  readonly namespace: string;
  readonly credentials: Credentials;
  /** Name of the context of the kubeconfig; undefined inside a cluster. */
  readonly context?: string | undefined;
}

export interface TlsSettings {
  /** PEM. Default: the certificate authorities that Node trusts. */
  readonly ca?: string | undefined;
  /** Name in the server's certificate, if it is not the host. */
  readonly serverName?: string | undefined;
  /** The server's certificate is not checked. */
  readonly insecure?: boolean;
}

/** What cluster is meant. */
export interface AccessOptions {
  /** File(s), separated as in PATH. Default: KUBECONFIG of `env`, then `.kube/config` in HOME, then the service account of the pod. */
  readonly kubeconfig?: string | undefined;
  /** Default: the current context. */
  readonly context?: string | undefined;
  /** Default: that of the context, else `default`. */
  readonly namespace?: string | undefined;
  /** User to act as (impersonation). */
  readonly as?: string | undefined;
  /** Environment: where configuration is, and what credential plugins get. Default: empty. */
  readonly env?: { readonly [name: string]: string | undefined };
}
