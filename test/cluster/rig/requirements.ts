import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { ClusterSize } from './cluster.ts';
import { goVersion } from './programs.ts';

/** Programs of Debian packages that the `real` size needs. */
const DEBIAN = {
  containerd: '/usr/bin/containerd',
  runc: '/usr/sbin/runc',
  'containernetworking-plugins': '/usr/lib/cni/bridge',
  'busybox-static': '/bin/busybox',
  iptables: '/usr/sbin/iptables',
  iproute2: '/sbin/ip',
  mawk: '/usr/bin/awk',
} as const;

/** What this machine lacks for a cluster of that size, and what would enable it. Empty: nothing. */
export function missingFor(size: ClusterSize): string[] {
  const missing: string[] = [];
  if (process.platform !== 'linux') return ['Linux'];
  if (goVersion() === '') missing.push('Go 1.26 (go.dev), which compiles Kubernetes and Argo once');
  if (spawnSync('setpriv', ['--version']).status !== 0) missing.push('setpriv (Debian package util-linux)');
  if (size !== 'real') return missing;
  if (process.getuid?.() !== 0) missing.push('root, for namespaces and containers');
  const packages = Object.entries(DEBIAN).filter(([, file]) => !existsSync(file));
  if (packages.length > 0) missing.push(`apt-get install ${packages.map(([name]) => name).join(' ')}`);
  return missing;
}
