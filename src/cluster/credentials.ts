import { readFile } from 'node:fs/promises';
import type { Clock } from './clock.ts';
import { AccessError } from './errors.ts';
import { type ExecPlugin, type PluginCluster, runPlugin } from './exec-plugin.ts';

/** What a request proves who we are with. */
export interface Identity {
  readonly headers: { readonly [name: string]: string | readonly string[] };
  /** PEM. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

export interface Credentials {
  /** Cheap: what was found is kept as long as it holds. */
  current(clock: Clock): Promise<Identity>;
  /** The server answered 401: forgets what was kept. False: there is nothing else to try. */
  forget(): boolean;
}

/** Credentials that never change. */
export function fixedCredentials(identity: Identity): Credentials {
  return { current: () => Promise.resolve(identity), forget: () => false };
}

/**
 * What a kubeconfig says of a user. After a 401 it is read again: `oc login`, `az aks get-credentials` and their like write a new token
 * over the old one while a run goes on. `again` undefined, or a file that cannot be read just then: it stays as it was.
 */
export function kubeconfigCredentials(first: Credentials, again: () => Promise<Credentials | undefined>): Credentials {
  let found = Promise.resolve(first);
  return {
    current: async (clock) => (await found).current(clock),
    forget() {
      found = found.then(async (before) => {
        before.forget();
        return (await again().catch(() => undefined)) ?? before;
      });
      return true;
    },
  };
}

/** How long a token file is believed: it is written anew about every hour (client-go uses a minute too). */
const TOKEN_FILE_MILLIS = 60_000;

/** A token that something else keeps fresh in a file. */
export function tokenFileCredentials(file: string, headers: Identity['headers']): Credentials {
  return cached(async (clock) => {
    let token: string;
    try {
      token = (await readFile(file, 'utf8')).trim();
    } catch (error) {
      throw new AccessError(
        `the token file cannot be read: ${(error as Error).message}`,
        'Check `tokenFile` of the user in the kubeconfig.',
        { cause: error },
      );
    }
    return {
      identity: { headers: { ...headers, authorization: `Bearer ${token}` } },
      until: clock.now() + TOKEN_FILE_MILLIS,
    };
  });
}

/** Tokens about to expire are not used: the clocks of two machines differ. */
const SKEW_MILLIS = 10_000;

/** Credentials of a plugin (`aws eks get-token`, `gke-gcloud-auth-plugin`, `kubelogin`, …). */
export function pluginCredentials(
  plugin: ExecPlugin,
  cluster: PluginCluster,
  env: { readonly [name: string]: string | undefined },
  headers: Identity['headers'],
): Credentials {
  return cached(async () => {
    const { token, cert, key, expires } = await runPlugin(plugin, cluster, env);
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return {
      identity: { headers: { ...headers, ...authorization }, cert, key },
      until: expires === undefined ? Number.POSITIVE_INFINITY : expires - SKEW_MILLIS,
    };
  });
}

interface Found {
  readonly identity: Identity;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** Asks once for all requests that come meanwhile, and again when what was found no longer holds. */
function cached(find: (clock: Clock) => Promise<Found>): Credentials {
  let found: Promise<Found> | undefined;
  const ask = (clock: Clock): Promise<Found> => {
    const asked = find(clock);
    found = asked;
    asked.catch(() => {
      if (found === asked) found = undefined; // the next request tries again
    });
    return asked;
  };
  return {
    async current(clock) {
      const kept = await (found ?? ask(clock));
      if (clock.now() < kept.until) return kept.identity;
      return (await ask(clock)).identity;
    },
    forget() {
      found = undefined;
      return true;
    },
  };
}
