import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scanModules } from '../../src/load/scan.ts';
import { type Loaded, ProjectFolder } from './projects.ts';

const folder = new ProjectFolder();
const cache = join(folder.path, 'scan-cache');
afterAll(() => folder.dispose());

let number = 0;
async function scan(source: string, extension = 'ts'): Promise<string[]> {
  const root = folder.write(`scan-${number++}`, { [`a.${extension}`]: source });
  return (await scanModules([join(root, `a.${extension}`)], cache)).map(
    ({ family, call, location }) => `${location.line}:${location.column} ${family} ${call}`,
  );
}

test('code that does not run', async () => {
  const source = `import * as os from 'node:os';
import { execSync as run, type ExecException } from 'child_process';
import crypto, { webcrypto } from 'crypto';
import { performance as clock } from 'node:perf_hooks';
import { hrtime, env } from 'node:process';
export function never() {
  if (false) Date.now();
  const a = [new Date(), Date(), new Date];
  globalThis.Math.random();
  os.hostname(); os['cpus'](); os.EOL;
  run('git rev-parse HEAD');
  crypto.randomBytes(8); webcrypto.randomUUID();
  clock.now(); hrtime.bigint();
  env.HOME; process.env['PATH']; process.env; delete process.env.X;
  return fetch('https://example.com').then(() => process.cwd());
}
export const lazy = async () => (await import('node:dns')).promises.lookup('a');
const http = require('node:http');
const { get: download } = http;
class A { static at = Math.random; field = { fetch, date: process.uptime() }; m(x = Math.random()) { download('u'); } }
`;
  expect(await scan(source)).toEqual([
    '7:14 clock Date.now()',
    '8:14 clock new Date()',
    '8:26 clock Date()',
    '8:34 clock new Date()',
    '9:3 randomness Math.random()',
    '10:3 machine os.hostname()',
    '10:18 machine os.cpus()',
    '11:3 subprocess child_process.execSync()',
    '12:3 randomness crypto.randomBytes()',
    '12:26 randomness crypto.randomUUID()',
    '13:3 clock performance.now()',
    '13:16 clock process.hrtime.bigint()',
    '14:3 environment process.env.HOME',
    '14:13 environment process.env.PATH',
    '14:34 environment process.env',
    '14:54 environment process.env.X',
    '15:10 network fetch()',
    '15:50 machine process.cwd()',
    '17:33 network dns.promises.lookup()',
    '20:23 randomness Math.random()',
    '20:46 network fetch()',
    '20:59 clock process.uptime()',
    '20:85 randomness Math.random()',
    '20:102 network http.get()',
  ]);
});

test('no false alarm', async () => {
  const source = `import { Date as Day, fetch } from './dates.ts';
import type { cpus } from 'node:os';
import { process } from './process.ts';
// Date.now() and Math.random() in a comment
const text = 'Date.now()' + \`\${1}Math.random()\`;
new Date(2020, 1, 1); new Date('2020-01-01'); Date.UTC(2020); Date.parse('x'); new Day(); Day();
interface Math2 { random(): number; now: typeof Date.now; env: typeof process.env }
type Now = ReturnType<typeof Date.now>; type C = ReturnType<typeof cpus>;
const mine = { Date: { now: () => 1 }, Math: { random: () => 4 }, fetch() {}, env: 1, 'process.env': 2 };
mine.Date.now(); mine.Math.random(); mine.fetch(); mine.env; fetch('x'); process.env.HOME;
function shadow(Date: { now(): number }, Math: { random(): number }, performance: any) {
  Date.now(); Math.random(); performance.now();
  { const crypto = { randomUUID: () => '1' }; crypto.randomUUID(); }
}
const { fetch: other, random } = mine as any;
random(); other(); Math.max(1, 2); crypto.subtle;
if (typeof fetch === 'function' || typeof process.cwd === 'function') shadow;
label: for (;;) break label;
class Local { fetch() { return this.fetch(); } random = 1; static cwd() {} }
Local.cwd();
let later = mine; later.fetch();
`;
  expect(await scan(source)).toEqual([]);
});

test('JavaScript, and files that do not parse', async () => {
  expect(await scan('exports.a = Date.now();\nconst { hostname } = require("os");\nhostname();\n', 'cjs')).toEqual([
    '1:13 clock Date.now()',
    '3:1 machine os.hostname()',
  ]);
  expect(await scan('const = ;\nDate.now(\n')).toEqual(['2:1 clock Date.now()']);
  expect(await scan('')).toEqual([]);
});

test('the cache goes by content, and damage to it does no harm', async () => {
  const text = '\n\n  Math.random(); // cache me\n';
  const found = ['3:3 randomness Math.random()'];
  const before = new Set(readdirSync(cache));
  expect(await scan(text)).toEqual(found);
  const [entry] = readdirSync(cache).filter((name) => !before.has(name));
  const path = join(cache, entry as string);
  writeFileSync(path, readFileSync(path, 'utf8').replace('"line":3', '"line":33'));
  expect(await scan(text)).toEqual(['33:3 randomness Math.random()']);
  for (const damage of ['', '{', '[{"family":"clock"}]', '[null]', '{"length":1}']) {
    writeFileSync(path, damage);
    utimesSync(path, 0, 0);
    expect(await scan(text)).toEqual(found);
  }
});

test('a cache folder that cannot be made', async () => {
  const root = folder.write('no-cache', { 'a.ts': 'Date.now();\n', file: '' });
  expect(await scanModules([join(root, 'a.ts'), join(root, 'gone.ts')], join(root, 'file/cache'))).toHaveLength(1);
});

let loaded: { [name in 'both' | 'off']: Loaded };
beforeAll(async () => {
  const files = {
    'pipelines/a.ts':
      "import { App } from 'cdk8s';\nimport { Pipeline } from 'podloom';\nimport { later } from '../lib/later.ts';\nnew Pipeline(new App(), 'train');\nconst [a] = [Date.now()];\nif (a === 0) later();\nconst { HOME } = process.env;\n",
    'lib/later.ts': 'export const later = () => Math.random();\n',
  };
  loaded = await folder.load({ both: { files, scan: true }, off: { files } });
});

test('with the tripwire: modules that are imported are scanned, and nothing is said twice', () => {
  const heads = (name: 'both' | 'off') => loaded[name].printed.split('\n').filter((line) => line.includes(' error PL'));
  const ran = [
    expect.stringContaining('a.ts:5:19 error PL200: Date.now()'),
    expect.stringContaining('a.ts:7:9 error PL202: process.env.HOME'),
  ];
  expect(heads('both')).toEqual([expect.stringContaining('lib/later.ts:1:28 error PL201: Math.random()'), ...ran]);
  expect(heads('off')).toEqual(ran);
});
