import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chooseRuns, type LeftRun, type Rule, unusedMaps } from '../../src/cli/gc/choice.ts';
import { podloom, temporaryFolder } from './rig.ts';

const DAY = 86_400_000;
const NOW = 100 * DAY;
const aRun = (run: string, days: number, more: Partial<LeftRun> = {}): LeftRun => ({
  ...{ run, pipeline: 'p', last: NOW - days * DAY, busy: undefined, collected: true },
  ...more,
});
const RULE: Rule = { now: NOW, olderThanMillis: 7 * DAY, keep: 1, uncollected: false, names: [] };
const going = (runs: readonly LeftRun[], rule: Partial<Rule> = {}): string[] =>
  chooseRuns(runs, { ...RULE, ...rule }).goes.map(({ run }) => run);

describe('which runs go', () => {
  const runs = [
    aRun('old', 30),
    aRun('new', 1),
    aRun('older', 40),
    aRun('young', 6),
    aRun('other', 50, { pipeline: 'q' }),
  ];

  it('old ones beyond the newest of each pipeline', () => {
    expect(going(runs)).toEqual(['old', 'older']);
    expect(going(runs, { keep: 3 })).toEqual(['older']);
    expect(going(runs, { keep: 0, olderThanMillis: 0 })).toEqual(['new', 'young', 'old', 'older', 'other']);
    expect(going([...runs].reverse())).toEqual(['old', 'older']);
  });

  it('busy ones never, and they count among the newest', () => {
    const busy = aRun('busy', 60, { busy: 'a runner has it' });
    expect(going([busy, ...runs], { keep: 0, names: ['busy', 'old'] })).toEqual(['old']);
    expect(chooseRuns([busy], RULE).stays).toEqual([{ run: busy, why: 'a runner has it' }]);
  });

  it('those without known logs only when they are named, or on demand', () => {
    const bare = aRun('bare', 60, { collected: false });
    expect(going([bare, ...runs])).toEqual(['old', 'older']);
    expect(going([bare, ...runs], { uncollected: true })).toEqual(['old', 'older', 'bare']);
    expect(going([bare, ...runs], { names: ['bare', 'new'] })).toEqual(['new', 'bare']);
  });
});

it('ConfigMaps stay that anything uses, also by way of a plan', () => {
  const map = (name: string, text = '', created = 0) => ({ name, text, created });
  const maps = [map('p-plan-1', '["p-a-2"]'), map('p-a-2'), map('p-a-20'), map('p-b-3'), map('p-c-4', '', 9)];
  const unused = unusedMaps(maps, ['{"configMap":{"name":"p-plan-1"}}'], (created) => created > 5);
  expect(unused.map(({ name }) => name)).toEqual(['p-a-20', 'p-b-3']);
});

describe('podloom gc --local', () => {
  const state = (run: string, status: string, ended: number | undefined) =>
    JSON.stringify({
      ...{ version: 1, pipeline: 'words', run, engine: 'local', parameters: {}, status, started: 1, ended, tasks: [] },
    });
  const project = (): string =>
    temporaryFolder({
      'package.json': '{}',
      'runs/a/run.json': state('a', 'succeeded', 2),
      'runs/a/map/x.log': 'text',
      'runs/b/run.json': state('b', 'failed', 3),
      'runs/c/run.json': state('c', 'interrupted', 4),
      'runs/d/run.json': state('d', 'succeeded', 5),
      'runs/d/run.lock': `${process.pid}\n`,
      'runs/notes.txt': 'mine',
    });
  const left = (root: string): string[] =>
    ['a', 'b', 'c', 'd', 'notes.txt'].filter((name) => existsSync(join(root, 'runs', name)));

  it('lists first, and removes ended runs that nobody has', async () => {
    const root = project();
    const dry = await podloom(root, ['gc', '--local', '--keep', '0', '--dry-run']);
    expect(dry).toMatchObject({ code: 0, stdout: '' });
    expect(dry.stderr).toMatch(
      /^remove {2}run b of pipeline words, .+ old\nremove {2}run a .+\nkeep {4}run d: process \d+ has it\n/,
    );
    expect(dry.stderr).toContain('keep    run c: it has not come to its end\nNothing was done (--dry-run).\n');
    expect(left(root)).toEqual(['a', 'b', 'c', 'd', 'notes.txt']);
    expect((await podloom(root, ['gc', '--local', '--keep', '9'])).stderr).toContain('(--keep)\nNothing to remove.\n');
    expect((await podloom(root, ['gc', '--local', '--keep', '0'])).stderr).toContain('Done: 2 folders removed.\n');
    expect(left(root)).toEqual(['c', 'd', 'notes.txt']);
  });

  it('only what is named', async () => {
    const root = project();
    expect((await podloom(root, ['gc', '--local', 'a', 'd'])).code).toBe(0);
    expect(left(root)).toEqual(['b', 'c', 'd', 'notes.txt']);
    expect(await podloom(root, ['gc', '--local', 'nothing', 'b'])).toMatchObject({
      code: 2,
      stderr: 'error: there is nothing of a run nothing\n  help: See whether name and place are right.\n',
    });
    expect((await podloom(root, ['gc', '--local', '--uncollected'])).code).toBe(2);
    expect(left(root)).toContain('b');
  });
});
