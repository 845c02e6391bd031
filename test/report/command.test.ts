import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { buildReport } from '../../scripts/build-report.mjs';
import { podloom } from '../cli/rig.ts';
import { aState, inFolder, START, writeRun } from './rig.ts';
import { imagesRun } from './runs.ts';

beforeAll(async () => {
  await buildReport();
});

test('takes the run that was started last, a name, or a path', async () => {
  await inFolder(async (root) => {
    mkdirSync(join(root, 'pipelines'));
    writeRun(join(root, 'runs/z-older'), imagesRun(6, 2));
    writeRun(join(root, 'runs/a-newer'), { ...imagesRun(6, 2), state: aState({ started: START + 1 }) });
    writeRun(join(root, 'elsewhere/run'), imagesRun(6, 2));
    mkdirSync(join(root, 'runs/none'));
    const last = await podloom(root, ['report']);
    expect(last).toEqual({ code: 0, stdout: 'runs/a-newer/report.html\n', stderr: 'Run a-newer, the last one.\n' });
    expect((await podloom(root, ['report', 'z-older'])).stdout).toBe('runs/z-older/report.html\n');
    const path = await podloom(join(root, 'elsewhere'), ['report', './run', '--out', '../out.html']);
    expect(path.stdout).toBe(`${join(root, 'out.html')}\n`);
    expect(readFileSync(join(root, 'out.html'), 'utf8')).toContain('href="elsewhere/run/decode/shard-000005.tar.err"');
    expect((await podloom(root, ['report', 'run', '--logdir', 'elsewhere'])).stdout).toBe(
      'elsewhere/run/report.html\n',
    );
  });
});

test.each([
  ['{"version":2}', 'its version is 2, and 1 is known'],
  ['[]', 'it is no object'],
  [JSON.stringify({ ...aState(), status: 'odd' }), 'its status is "odd", which is none'],
  [JSON.stringify({ ...aState(), tasks: [{ name: 'a', status: 'odd', total: 1 }] }), '"tasks" is no list of tasks'],
  [JSON.stringify({ ...aState(), plan: [{ name: 'a' }] }), '"plan" is no list of tasks'],
  [JSON.stringify({ ...aState(), started: 1e300 }), 'its times are no times'],
])('run.json that is wrong: %s', async (text, problem) => {
  await inFolder(async (root) => {
    writeRun(join(root, 'runs/a'), { ...imagesRun(1, 1), files: { 'run.json': text } });
    const { code, stderr } = await podloom(root, ['report', 'a']);
    expect(code).toBe(2);
    expect(stderr).toContain(`error PL441: `);
    expect(stderr).toContain(problem);
    expect(existsSync(join(root, 'runs/a/report.html'))).toBe(false);
  });
});

test('a report that cannot be written leaves nothing half-written', async () => {
  await inFolder(async (root) => {
    writeRun(join(root, 'runs/a'), imagesRun(1, 1));
    mkdirSync(join(root, 'runs/a/report.html'));
    const { code, stderr } = await podloom(root, ['report', 'a']);
    expect(code).toBe(2);
    expect(stderr).toContain('error PL444: cannot write runs/a/report.html: EISDIR');
    expect(existsSync(join(root, 'runs/a/report.html.part'))).toBe(false);
  });
});

test('a run writes its report and says where it is, with the plan of the pipeline in it', async () => {
  await inFolder(async (root) => {
    mkdirSync(join(root, 'pipelines'));
    writeFileSync(join(root, 'pipelines/example.ts'), 'x');
    const ran = await podloom(root, ['run', 'example', '--local', '--logdir', 'my logs', '-p', 'no']).catch(
      () => undefined,
    );
    expect(ran?.code).not.toBe(0);
    const { stderr } = await podloom(root, ['run', 'example', '--local', '--logdir', 'my logs']);
    expect(stderr).toContain('report: my logs/example/report.html\n');
    const page = readFileSync(join(root, 'my logs/example/report.html'), 'utf8');
    expect(page).toContain('<code>podloom run example --local --logdir &#39;my logs&#39;</code>');
    expect(page.match(/<a class="task /g)?.length).toBe(2);
    expect(page).toContain('marker-end="url(#arrow)"');
  });
});
