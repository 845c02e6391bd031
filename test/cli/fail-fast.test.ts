import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Task } from '../../src/constructs/task.ts';
import { CliRig } from '../cluster/cli-rig.ts';

it('run --local --fail-fast ends what else runs, and the command that goes on says so', async () => {
  const rig = new CliRig('', { PATH: process.env['PATH'] });
  rig.define('words', {}, (pipeline) => {
    new Task(pipeline, 'long', { script: ': > up; exec sleep 1000' });
    new Task(pipeline, 'bad', { script: 'until [ -f up ]; do sleep 0.02; done; exit 3' });
  });
  const argv = ['run', 'words', '--local', '--max-running', '2', '--fail-fast'];
  const { code, stderr } = await rig.run(argv);
  expect(code).toBe(1);
  expect(stderr).toContain('run again what failed with: podloom run words --local --fail-fast\n');
  expect(readFileSync(join(rig.root, 'runs/words/long/main.err'), 'utf8')).toContain('(--fail-fast)');
});
