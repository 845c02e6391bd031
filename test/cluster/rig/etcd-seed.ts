import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { KubernetesClient } from '../../../src/cluster/client.ts';
import { applyArgoCrds, argoCrdsFile } from './argo-crds.ts';
import { startControlPlane } from './control-plane.ts';
import { Lab } from './lab.ts';
import { buildProgram, cacheFolder, publish } from './programs.ts';

/** Part of the name in the cache; raised when what is in the seed changes. */
const FORMAT = 1;
const NAME = 'etcd-seed';

/**
 * Gives etcd the data to begin with: a new cluster's, with Argo's definitions. Installing those anew costs the API server some
 * 20 s of CPU time; a copy costs nothing. To be called before the control plane starts.
 */
export async function seedEtcd(lab: Lab): Promise<void> {
  copy(await prepareSeed(lab.log), lab.path('etcd'));
}

/** The folder in the cache, made unless it is there. */
export async function prepareSeed(log: (line: string) => void): Promise<string> {
  const programs = [await buildProgram('etcd', log), await buildProgram('kube-apiserver', log), await argoCrdsFile()];
  const key = createHash('sha256')
    .update(JSON.stringify([FORMAT, ...programs.map((file) => file.slice(cacheFolder().length))]))
    .digest('hex');
  const seed = join(cacheFolder(), 'seeds', `${NAME}-${key.slice(0, 12)}`);
  if (!existsSync(seed)) await makeSeed(seed, log);
  return seed;
}

async function makeSeed(seed: string, log: (line: string) => void): Promise<void> {
  log("installing Argo's definitions, once; about 20 s");
  const lab = new Lab(log);
  try {
    const api = await startControlPlane(lab);
    const client = await KubernetesClient.connect({ kubeconfig: api.kubeconfig });
    await applyArgoCrds(client).finally(() => client.close());
    await lab.processes.get('kube-apiserver')!.stop('SIGTERM');
    await lab.processes.get('etcd')!.stop('SIGTERM');
    const partial = `${seed}.${process.pid}`;
    mkdirSync(dirname(seed), { recursive: true });
    copy(lab.path('etcd'), partial);
    publish(partial, seed, NAME);
    rmSync(partial, { recursive: true, force: true });
  } finally {
    await lab.stop();
  }
}

/** Holes stay holes: etcd's log is 64 MB of mostly nothing. */
function copy(from: string, to: string): void {
  execFileSync('cp', ['--recursive', '--sparse=always', from, to]);
}
