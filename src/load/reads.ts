/** What makes a build depend on more than its sources. */
export type Family = 'clock' | 'randomness' | 'environment' | 'network' | 'subprocess' | 'machine';

/** A function or property by its dotted path below a global or a built-in module, for example `hrtime.bigint`. */
export type Reads = { readonly [path: string]: Family };

const all = (family: Family, names: string): Reads =>
  Object.fromEntries(names.split(' ').map((name) => [name, family]));

const dnsReads = all(
  'network',
  'lookup lookupService resolve resolve4 resolve6 resolveAny resolveCaa resolveCname resolveMx resolveNs resolvePtr resolveSoa resolveSrv resolveTxt reverse',
);
const httpReads = all('network', 'request get createServer');

/** Paths below `globalThis`. `Date` without arguments and `process.env` are cases of their own in the tripwire and the scan. */
export const globalReads: Reads = {
  ...all('clock', 'Date.now performance.now process.hrtime process.hrtime.bigint process.uptime'),
  ...all('randomness', 'Math.random crypto.getRandomValues crypto.randomUUID'),
  ...all('machine', 'process.cwd'),
  fetch: 'network',
};

/** By name of the built-in module, without `node:`. `process` and `perf_hooks` export the globals. */
export const moduleReads: { readonly [module: string]: Reads } = {
  crypto: all(
    'randomness',
    'randomBytes pseudoRandomBytes randomInt randomUUID randomFill randomFillSync getRandomValues',
  ),
  child_process: all('subprocess', 'exec execSync execFile execFileSync spawn spawnSync fork'),
  net: all('network', 'connect createConnection createServer'),
  tls: all('network', 'connect createServer'),
  http: httpReads,
  https: httpReads,
  http2: all('network', 'connect createServer createSecureServer'),
  dgram: all('network', 'createSocket'),
  dns: {
    ...dnsReads,
    ...Object.fromEntries(Object.entries(dnsReads).map(([name, family]) => [`promises.${name}`, family])),
  },
  os: all(
    'machine',
    'hostname userInfo homedir tmpdir cpus availableParallelism totalmem freemem loadavg uptime networkInterfaces arch machine platform type release version',
  ),
};
