import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { KubernetesClient } from '../../cluster/client.ts';
import type { ClusterProfile } from '../../cluster/profile/read-profile.ts';
import { Collector } from '../../diagnostics/collector.ts';
import type { JsonObject } from '../../ir/scalar.ts';
import { type ClusterFlags, connectToCluster } from '../cluster-connection.ts';
import { reportClusterProblem } from '../cluster-problem.ts';
import { ExitCode } from '../exit-code.ts';
import type { Ports } from '../ports.ts';
import { Progress } from '../progress.ts';
import { type DiagnosticOptions, reportDiagnostics } from '../report.ts';
import { UsageError } from '../usage-error.ts';

export interface ProfileOptions extends ClusterFlags, DiagnosticOptions {
  readonly out?: string | undefined;
}

const HEADER = '# What `podloom profile` read from the cluster, for `podloom synth --profile`.\n';

/** `podloom profile` */
export async function profile(ports: Ports, options: ProfileOptions): Promise<number> {
  const diagnostics = new Collector();
  const progress = new Progress(ports.stderr);
  progress.stage('Reading the cluster');
  const found = await read(ports, options, diagnostics);
  progress.done();
  await reportDiagnostics(ports, diagnostics, ports.cwd, options, true);
  if (found === undefined || diagnostics.hasErrors) return ExitCode.badInput;
  const { renderYaml } = await import('../../emit/yaml.ts');
  // Readonly data without functions is JSON; fields that are undefined are left out.
  const text = HEADER + renderYaml(found.profile as unknown as JsonObject);
  if (options.out === undefined) ports.stdout.write(text);
  else save(resolve(ports.cwd, options.out), options.out, text);
  ports.stderr.write(summary(found, options.out));
  return ExitCode.ok;
}

async function read(
  ports: Ports,
  options: ProfileOptions,
  diagnostics: Collector,
): Promise<ClusterProfile | undefined> {
  const { readClusterProfile } = await import('../../cluster/profile/read-profile.ts');
  let client: KubernetesClient | undefined;
  try {
    client = await connectToCluster(ports, options, undefined);
    return await readClusterProfile(client, diagnostics);
  } catch (error) {
    reportClusterProblem(error, client?.server, diagnostics);
    return undefined;
  } finally {
    client?.close();
  }
}

function save(path: string, word: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new UsageError(
      `cannot write ${word}: ${(error as NodeJS.ErrnoException).code}`,
      'Name a file in a folder that is there.',
    );
  }
}

/** `profile.yaml: Kubernetes 1.36, Argo 3.7, 40 nodes, 110 GPUs (H100, A100).` */
function summary(
  { profile: { name, kubernetes, argo, nodes }, leftOut }: ClusterProfile,
  out: string | undefined,
): string {
  const sum = (count: (pool: (typeof nodes)[number]) => number): number =>
    nodes.reduce((total, pool) => total + pool.count * count(pool), 0);
  const products = [...new Set(nodes.flatMap(({ gpu }) => gpu?.product ?? []))];
  const gpus = sum(({ gpu }) => gpu?.count ?? 0);
  const parts = [`Kubernetes ${kubernetes}`, argo === undefined ? 'no Argo Workflows' : `Argo ${argo}`];
  if (leftOut === undefined) parts.push('nodes unknown');
  else {
    const others = leftOut === 0 ? '' : ` (and ${leftOut} not ready or cordoned)`;
    parts.push(
      `${count(
        sum(() => 1),
        'node',
      )}${others}`,
    );
    parts.push(gpus === 0 ? 'no GPUs' : `${count(gpus, 'GPU')} (${products.join(', ')})`);
  }
  return `${out ?? name}: ${parts.join(', ')}.\n`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
