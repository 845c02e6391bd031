import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Items } from '../../../src/constructs/items/index.ts';
import { Task } from '../../../src/constructs/task.ts';
import { type CliRan, CliRig } from '../cli-rig.ts';
import { SCRIPT_PREFIX } from '../rig/kwok-script.ts';
import { waitFor } from '../rig/wait.ts';
import { cliLab } from './cli-lab.ts';

const lab = cliLab();

/** A project with the pipeline `words`: four items, then one task. `script`: how its pods behave. */
async function project(script: { readonly [annotation: string]: string } = {}, props: object = {}) {
  const { namespace, rig, kubeconfig } = await lab.project('cli-run');
  const annotations = Object.fromEntries(Object.entries(script).map(([key, value]) => [SCRIPT_PREFIX + key, value]));
  rig.define('words', { namespace }, (pipeline) => {
    const map = new Task(pipeline, 'map', {
      ...{ forEach: Items.of('a', 'b', 'c', 'd'), annotations, retries: 0, ...props },
      command: ({ item }) => ['map', item],
    });
    new Task(pipeline, 'count', { after: [map], command: ['count'] });
  });
  const run = (argv: readonly string[], options = {}): Promise<CliRan> =>
    rig.run([...argv, '--kubeconfig', kubeconfig], options);
  const podQuery = { apiVersion: 'v1', kind: 'Pod', namespace };
  return {
    ...{ run, namespace, rig, root: rig.root },
    pods: async () => (await lab.client.list(podQuery)).items,
    running: async () =>
      (await lab.client.list(podQuery)).items.filter(
        ({ status }) => (status as { phase?: string } | undefined)?.phase === 'Running',
      ).length,
    release: async (isMeant: (metadata: { labels?: { [key: string]: string } }) => boolean = () => true) => {
      for (const { metadata } of (await lab.client.list(podQuery)).items) {
        if (!isMeant(metadata)) continue;
        const patch = { metadata: { annotations: { [`${SCRIPT_PREFIX}hold`]: 'false' } } };
        await lab.client.patch({ ...podQuery, name: metadata.name }, patch, { type: 'merge' });
      }
    },
    /** Items of each line of attempts.jsonl. */
    attempts: (name: string) =>
      readFileSync(join(rig.root, 'runs', name, 'attempts.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { task: string; item: string })
        .map(({ task, item }) => `${task}/${item}`)
        .sort(),
    logs: (name: string, task: string) => readdirSync(join(rig.root, 'runs', name, task)).sort(),
  };
}

const ALL = ['count/main', 'map/a', 'map/b', 'map/c', 'map/d'];

describe('podloom run', () => {
  test('to its end, with a log of each item', async () => {
    const { run, attempts, logs, root } = await project();
    const { code, stdout, stderr } = await run(['run', 'words']);
    const name = /^run (words-[bcdfghjklmnpqrstvwxz2456789]{5}): 2 tasks, logs in runs\/\1$/m.exec(stderr)![1]!;
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toMatch(
      /^map: succeeded, 4 of 4 done, .+\ncount: succeeded, 1 of 1 done, .+\nrun .+: succeeded in /m,
    );
    expect(attempts(name)).toEqual(ALL);
    expect(logs(name, 'map')).toEqual(['a.log', 'b.log', 'c.log', 'd.log']);
    expect(readFileSync(join(root, 'runs', name, 'count/main.log'), 'utf8')).toMatch(/^log of words-count-\S+\n$/);

    expect(await run(['logs', 'count/main', '--run', name])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^log of words-count/),
    });
    expect((await run(['logs', 'map'])).stdout).toMatch(
      /^map\/a \| log of .+\nmap\/b \| .+\nmap\/c \| .+\nmap\/d \| .+\n$/,
    );
    const status = await run(['status', name]);
    expect(status.stdout).toMatch(/^run \S+ of pipeline words: succeeded after .+\n\nTASK .+\nmap +succeeded +4\/4 +0/);
    // A second run is another one.
    const second = await run(['run', 'words', '--output', 'json']);
    expect(second.code).toBe(0);
    expect(JSON.parse(second.stdout)).toMatchObject({ pipeline: 'words', status: 'succeeded' });
    expect(JSON.parse((await run(['status', '--all', '--output', 'json'])).stdout)).toHaveLength(2);
  });

  test('an item that fails: 1, with all that one wants to know; resume runs it again alone', async () => {
    const { run, attempts, logs, pods } = await project({ 'fail-indexes': '2', 'exit-code': '7' });
    const { code, stderr } = await run(['run', 'words', '--run', 'w1', '--output', 'human']);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^FAILED map\/c: exit code 7\n {7}\| log of .+\n( {7}\| .+\n)* {7}log: runs\/w1\/map\/c\.err\n( {7}task: .+\n)? {7}again: podloom resume w1 --rerun map\/c$/m,
    );
    expect(stderr).toContain('run again what failed with: podloom resume w1\n');
    expect(logs('w1', 'map')).toEqual(['a.log', 'b.log', 'c.err', 'd.log']);
    const before = (await pods()).length;
    // By its index in the new Job it is the first, and that one succeeds.
    const resumed = await run(['resume', 'w1']);
    expect(resumed.stderr).toContain('map: succeeded, 4 of 4 done, 3 of them before');
    expect(resumed.code).toBe(0);
    expect((await pods()).length).toBe(before + 2);
    expect(attempts('w1')).toEqual(['count/main', 'map/a', 'map/b', 'map/c', 'map/c', 'map/d']);
    expect(logs('w1', 'map')).toEqual(['a.log', 'attempts', 'b.log', 'c.log', 'd.log']);
  });

  test('events as JSON lines', async () => {
    const { run } = await project();
    const { stdout } = await run(['run', 'words', '--output', 'jsonl']);
    const kinds = stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { kind: string }).kind);
    expect([kinds[0], kinds.at(-1)]).toEqual(['run-started', 'run-ended']);
    expect(kinds.filter((kind) => kind === 'item-succeeded')).toHaveLength(5);
  });

  test('items for which there is no quota wait, and it is said why', async () => {
    const { run, namespace, rig } = await project();
    rig.define('words', { namespace }, (pipeline) => {
      new Task(pipeline, 'map', { forEach: Items.of('a', 'b', 'c', 'd'), command: ['map'], retries: 0 });
      new Task(pipeline, 'train', { replicas: 2, command: ['train'], retries: 0 });
    });
    const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'small', namespace } };
    await lab.client.create({ ...quota, spec: { hard: { pods: '0' } } });
    const status = async () => (await lab.client.get({ ...quota, name: 'small', namespace }))?.['status'];
    await waitFor('the quota to count', async () => (await status()) !== undefined);
    const { code, stdout, stderr } = await run(['run', 'words', '--pending-timeout', '12s', '--output', 'jsonl']);
    expect(stdout).toMatch(/"kind":"items-pending".*"map".*"FailedCreate: exceeded quota: small, .*":4/);
    expect(stdout).toMatch(/"kind":"items-pending".*"train".*"FailedCreate: exceeded quota: small, .*":2/);
    expect(stderr + stdout).toMatch(/no pod of the task started for 12 s.*exceeded quota: small/s);
    expect(code).toBe(1);
  });

  test('an item that never starts, and a rank', async () => {
    const { run, root, rig, namespace } = await project();
    rig.define('words', { namespace }, (pipeline) => {
      const common = { cpu: 4000, command: ['true'], retries: 0 };
      new Task(pipeline, 'map', { ...common, forEach: Items.of('a', 'b') });
      new Task(pipeline, 'train', { ...common, replicas: 2 });
    });
    const { code, stderr } = await run(['run', 'words', '--pending-timeout', '8s']);
    expect(stderr).toContain('Insufficient cpu');
    expect(code).toBe(1);
    // Its log has what the cluster said of its pod. The scheduler writes events at its leisure, but not for 8 s.
    const [name] = readdirSync(join(root, 'runs'));
    for (const file of ['map/a.err', 'train/main.err']) {
      expect(readFileSync(join(root, 'runs', name!, file), 'utf8')).toMatch(
        /^podloom: event: Warning FailedScheduling: .*Insufficient cpu.*\n(?:podloom: event: .*\n)*podloom: never started: no pod of the task started for 8 s/m,
      );
    }
  });
});

describe('--fail-fast', () => {
  /** `bad` fails once `long` runs, which is held; `tidy` comes last. */
  async function failing(argv: readonly string[]) {
    const made = await project();
    const hold = { [`${SCRIPT_PREFIX}hold`]: 'true' };
    made.rig.define('words', { namespace: made.namespace }, (pipeline) => {
      const command = ['true'];
      new Task(pipeline, 'long', { forEach: Items.of('a', 'b'), command: ({ item }) => [item], annotations: hold });
      const fails = { ...hold, [`${SCRIPT_PREFIX}exit-code`]: '7', [`${SCRIPT_PREFIX}fail-attempts`]: '1' };
      const bad = new Task(pipeline, 'bad', { command, annotations: fails, retries: 0 });
      new Task(pipeline, 'later', { after: [bad], command });
      new Task(pipeline, 'tidy', { onExit: true, command });
    });
    const ended = made.run(argv);
    await waitFor('three running pods', async () => (await made.running()) === 3);
    const isBad = ({ labels = {} }: { labels?: { [key: string]: string } }) => labels['podloom.dev/task'] === 'bad';
    await made.release(isBad);
    return { ...made, ran: await ended };
  }

  test('the Jobs of other tasks are ended, exit tasks run, logs say why; resume runs the rest', async () => {
    const { ran, run, logs, root, running, namespace, release } = await failing([
      'run',
      'words',
      '--run',
      'w1',
      '--fail-fast',
    ]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/^tidy: succeeded/m);
    expect(ran.stderr).toContain('run again what failed with: podloom resume w1 --fail-fast\n');
    const why = 'stopped because item "main" of task "bad" had failed (--fail-fast)';
    expect(logs('w1', 'long')).toEqual(['a.err', 'b.err']);
    expect(readFileSync(join(root, 'runs/w1/long/a.err'), 'utf8')).toContain(`podloom: ${why}\n`);
    await waitFor('no pod that runs', async () => (await running()) === 0);
    const jobs = await lab.client.list({ apiVersion: 'batch/v1', kind: 'Job', namespace });
    expect(jobs.items.map(({ metadata }) => metadata.labels?.['podloom.dev/task'])).toEqual(['tidy']);

    const resumed = run(['resume', 'w1', '--keep-going']);
    await waitFor('three running pods', async () => (await running()) === 3);
    await release();
    const { code, stderr } = await resumed;
    expect(stderr).toContain('long: succeeded, 2 of 2 done');
    expect(code).toBe(1); // `bad` is another Job now, and fails by its script again
    expect(logs('w1', 'long')).toEqual(['a.log', 'b.log']);
  });

  test('is carried to a conductor', async () => {
    const { run, namespace } = await project();
    const { code, stdout, stderr } = await run(['apply', 'words', '--detach', '--fail-fast']);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const job = await lab.client.get({ apiVersion: 'batch/v1', kind: 'Job', namespace, name: stdout.trim() });
    const { containers } = (job!['spec'] as { template: { spec: { containers: { args: string[] }[] } } }).template.spec;
    expect(containers[0]!.args.at(-1)).toBe('--fail-fast');
  });
});

describe('podloom apply --watch', () => {
  test('the same command again goes on: what is done is skipped', async () => {
    const { run, pods, attempts } = await project();
    expect((await run(['apply', 'words', '--watch'])).code).toBe(0);
    const before = (await pods()).length;
    const again = await run(['apply', '--watch']);
    expect(again.stderr).toContain('map: succeeded, 4 of 4 done, 4 of them before');
    expect(again.code).toBe(0);
    expect((await pods()).length).toBe(before);
    expect(attempts('words')).toEqual(ALL);
    expect((await run(['apply', '--watch', '--rerun', 'map/b'])).code).toBe(0);
    expect(attempts('words')).toEqual([...ALL, 'count/main', 'map/b'].sort());
  });
});

describe('--rerun changed', () => {
  test('runs what is of another version, though Jobs of that one are there', async () => {
    const { run, rig, attempts, namespace } = await project();
    const define = (items: readonly string[], word: string): void =>
      rig.define('words', { namespace, parameters: { mode: 'fast' } }, (pipeline) => {
        new Task(pipeline, 'map', {
          ...{
            forEach: Items.of(...items),
            env: { WORD: word, MODE: (pipeline.parameters as { readonly mode: string }).mode },
          },
          command: ({ item }) => ['map', item],
        });
        new Task(pipeline, 'other', { command: ['other'] });
      });
    const last = async (argv: readonly string[]) => {
      const before = attempts('words');
      const { code, stderr } = await run(['apply', '--watch', ...argv]);
      expect({ code, stderr }).toMatchObject({ code: 0 });
      const ran = attempts('words');
      for (const line of before) ran.splice(ran.indexOf(line), 1);
      return { ran, stderr };
    };
    define(['a', 'b'], 'one');
    expect((await run(['apply', '--watch'])).code).toBe(0);
    define(['n', 'a', 'b'], 'one');
    expect((await last(['--rerun', 'changed'])).ran).toEqual(['map/n']);
    define(['n', 'a', 'b'], 'two');
    const kept = await last([]);
    expect(kept.ran).toEqual([]);
    expect(kept.stderr).toContain('warning PL308: 3 done items of task "map" were made by another version of it');
    expect((await last(['--rerun', 'changed'])).ran).toEqual(['map/a', 'map/b', 'map/n']);
    expect((await last(['--rerun', 'changed'])).ran).toEqual([]);
    // Pods find the new value where the old one was.
    expect((await last(['--rerun', 'changed', '-p', 'mode=slow'])).ran).toEqual(['map/a', 'map/b', 'map/n']);
    const { items } = await lab.client.list({ apiVersion: 'v1', kind: 'ConfigMap', namespace });
    const parameters = items.find(({ metadata }) => /^words-parameters-/.test(metadata.name));
    expect(parameters!['data']).toEqual({ mode: 'slow' });
  });
});

describe('Ctrl-C, resume and cancel', () => {
  /** Starts a run whose items are held, and waits until all of them run. */
  async function started(argv: readonly string[]) {
    const made = await project({ hold: 'true' });
    let interrupt = (): void => {};
    const ended = made.run(argv, {
      onText: (_text: string, stop: () => void) => {
        interrupt = stop;
      },
    });
    await waitFor('four running pods', async () => (await made.running()) === 4);
    return { ...made, ended, interrupt: () => interrupt() };
  }

  test('the first Ctrl-C detaches; resume follows what runs, and nothing runs twice', async () => {
    const { run, ended, interrupt, release, pods, attempts, running } = await started(['run', 'words', '--run', 'w1']);
    interrupt();
    const { code, stderr } = await ended;
    expect(code).toBe(130);
    expect(stderr).toContain('detaching: the Jobs go on in the cluster; once more ends podloom at once\n');
    expect(stderr).toContain('go on with: podloom resume w1\n');
    expect(await running()).toBe(4);
    // The Job controller counts once a second.
    const shown = /^run w1 of pipeline words: detached after .+\n\n.+\nmap +running +0\/4 +0 +4 +0\n/;
    await waitFor('the status', async () => shown.test((await run(['status', 'w1'])).stdout));
    expect((await run(['logs', 'map/c'])).stdout).toMatch(/^\S+ log of words-map-\S+-2-/);

    const resumed = run(['resume']);
    await release();
    expect((await resumed).code).toBe(0);
    expect(attempts('w1')).toEqual(ALL);
    expect(await pods()).toHaveLength(5);
  });

  test('cancel ends a run, wherever it was started', async () => {
    const { run, ended, pods, namespace, rig } = await started(['apply', '--watch']);
    const elsewhere = new CliRig(rig.kubeconfig);
    const cancelled = await elsewhere.run(['cancel', 'words', '-n', namespace]);
    expect(cancelled.stderr).toContain('Removed 1 Job of run words');
    expect(cancelled.code).toBe(0);
    expect(await pods()).toEqual([]);
    expect((await ended).code).toBe(1);
    expect((await elsewhere.run(['cancel', 'words', '-n', namespace])).code).toBe(2);
    expect((await run(['cancel'])).stderr).toContain('Nothing of run words is there.');
  });
});
