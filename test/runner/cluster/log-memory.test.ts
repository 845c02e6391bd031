import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const MEBIBYTE = 1024 * 1024;
const STAMP = '2026-01-01T00:00:00.000000001Z ';
const LINES = Buffer.from(`${STAMP}${'x'.repeat(99)}\n`.repeat(500));
/** What a kubelet sends when it is asked for what came since the last line. */
const LAST = Buffer.from('2026-01-01T00:00:01.000000001Z the last line\n');
const GIVEN_BY_LINE = 100 / (STAMP.length + 100);

/** Bytes of the file and KiB of memory at most, for a log of so many bytes as the API server sends it. */
async function broughtHere(bytes: number): Promise<{ readonly size: number; readonly kibibytes: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'podloom-memory-'));
  const server = createServer((request, response) => {
    if (request.url?.includes('sinceTime') === true) {
      response.end(LAST);
      return;
    }
    const pieces = Math.ceil(bytes / LINES.length);
    Readable.from(
      (function* () {
        for (let piece = 0; piece < pieces; piece++) yield LINES;
        yield LAST;
      })(),
    ).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  });
  const kubeconfig = join(folder, 'kubeconfig');
  const cluster = { server: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  const context = { cluster: 'lab', user: 'me' };
  await writeFile(
    kubeconfig,
    JSON.stringify({
      clusters: [{ name: 'lab', cluster }],
      users: [{ name: 'me', user: { token: 'x' } }],
      contexts: [{ name: 'lab', context }],
      'current-context': 'lab',
    }),
  );
  const program = fileURLToPath(new URL('log-memory-child.ts', import.meta.url));
  const argv = ['--conditions=podloom-source', program, kubeconfig, folder];
  const ended = new AbortController();
  onTestFinished(() => ended.abort());
  const { stdout } = await promisify(execFile)(process.execPath, argv, { signal: ended.signal });
  return { size: (await stat(join(folder, 'item.log'))).size, kibibytes: Number(stdout) };
}

test('a log takes no more memory when it is longer', async () => {
  const short = await broughtHere(8 * MEBIBYTE);
  const long = await broughtHere(128 * MEBIBYTE);
  expect(long.size / (128 * MEBIBYTE)).toBeCloseTo(GIVEN_BY_LINE, 2);
  expect((long.kibibytes - short.kibibytes) / 1024).toBeLessThan(64);
});
