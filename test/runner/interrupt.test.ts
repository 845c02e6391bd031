import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { aPipeline, aTable } from '../rig/ir.ts';
import { inFolder } from './rig/conduct.ts';
import { isAlive } from './rig/is-alive.ts';
import { until } from './rig/manual-clock.ts';
import { runHere, shell } from './rig/run-here.ts';

const DRIVER = fileURLToPath(new URL('rig/driver.ts', import.meta.url));

/** `a` ends at once; `b` and `c` write their process numbers and wait. */
const source =
  '[ "$ITEM" = a ] && exit; echo $$ >"$ITEM.pid"; sleep 100 & echo $! >>"$ITEM.pid"; trap "exit 5" TERM; wait';

function start(root: string) {
  const file = join(root, 'pipeline.json');
  const pipeline = aPipeline({ tasks: [shell('t', source, { forEach: aTable(['a', 'b', 'c']) })] });
  return writeFile(file, JSON.stringify(pipeline)).then(() => {
    const child = spawn(process.execPath, [DRIVER, root, file], { stdio: ['ignore', 'ignore', 'pipe'] });
    let text = '';
    child.stderr.on('data', (chunk) => {
      text += chunk;
    });
    const ended = new Promise<number | string>((resolve) =>
      child.on('close', (code, signal) => resolve(code ?? signal!)),
    );
    return { child, ended, text: () => text };
  });
}

const pids = (root: string): number[] =>
  ['b', 'c'].flatMap((item) => {
    const file = join(root, `${item}.pid`);
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').filter(Boolean).map(Number) : [];
  });

const soon = async (condition: () => boolean): Promise<void> => {
  for (let i = 0; i < 1000 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  await until(condition);
};

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends all processes, says how to go on, and exits with 130',
  async (signal) => {
    await inFolder(async (root) => {
      const { child, ended, text } = await start(root);
      await soon(() => pids(root).length === 4);
      child.kill(signal);
      expect(await ended).toBe(130);
      expect(pids(root).filter(isAlive)).toEqual([]);
      expect(text()).toContain('go on with: podloom run example --local');
      expect((await readdir(join(root, 'runs/example/t'))).sort()).toEqual(['a.log', 'b.err', 'c.err']);
      const again = await runHere(root, [shell('t', 'true', { forEach: aTable(['a', 'b', 'c']) })]);
      expect(again.summary!.tasks[0]).toMatchObject({ kept: 1, succeeded: 2 });
    });
  },
);

test('even after SIGKILL of the runner nothing goes on running, and the next run goes on', async () => {
  await inFolder(async (root) => {
    const { child, ended } = await start(root);
    await soon(() => pids(root).length === 4 && existsSync(join(root, 'runs/example/t/a.log')));
    child.kill('SIGKILL');
    expect(await ended).toBe('SIGKILL');
    await soon(() => !pids(root).some(isAlive));
    const again = await runHere(root, [shell('t', 'true', { forEach: aTable(['a', 'b', 'c']) })]);
    expect(again.summary!.tasks[0]).toMatchObject({ kept: 1, succeeded: 2 });
  });
});

test('a second run of the same name at the same time is refused', async () => {
  await inFolder(async (root) => {
    const { child, ended } = await start(root);
    await soon(() => pids(root).length === 4);
    const other = await runHere(root, [shell('t', 'true')]);
    expect(other.diagnostics.map(({ code }) => code)).toEqual(['PL306']);
    child.kill('SIGINT');
    expect(await ended).toBe(130);
  });
});
