import { appendFile, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Text } from '../../src/ir/text.ts';
import { aCommand, aContainer, anEdge, aPipeline, aRange, aTable, aTask } from '../rig/ir.ts';
import { inFolder } from './rig/conduct.ts';
import { isAlive } from './rig/is-alive.ts';
import { runHere, shell } from './rig/run-here.ts';

const item = { kind: 'item' } as const;

describe('programs', () => {
  test('hostile items reach argv and environment byte for byte, and name logs inside the folder', async () => {
    await inFolder(async (root) => {
      const hostile = [
        "it's",
        '"q"',
        '$(id)',
        '{{x}}',
        'a\nb',
        '-rf',
        '../../etc/passwd',
        '/',
        ' ',
        '`x`',
        'ü\u{1f600}',
        '\\',
      ];
      const tasks = [
        aTask({
          name: 'show',
          forEach: aTable(hostile),
          container: aContainer({ program: aCommand('printf', '%s|', [item], ['<', item, '>']) }),
        }),
        shell('env', 'printf "%s|" "$ITEM" "$MINE" "$PODLOOM_INDEX"', {
          forEach: aTable(hostile),
          container: aContainer({
            program: {
              kind: 'script',
              source: 'printf "%s|" "$ITEM" "$MINE" "$PODLOOM_INDEX"',
              interpreter: ['sh'],
              args: [],
            },
            environment: { variables: [{ kind: 'text', name: 'MINE', text: ['[', item, ']'] }], from: [] },
          }),
        }),
      ];
      const { exitCode, events, file } = await runHere(root, tasks);
      expect(exitCode).toBe(0);
      for (const event of events) {
        if (event.kind !== 'item-succeeded') continue;
        const value = hostile[event.index]!;
        const expected = event.task === 'show' ? `${value}|<${value}>|` : `${value}|[${value}]|${event.index}|`;
        expect(await file(`${event.task}/${event.item}.log`)).toBe(expected);
      }
      expect((await readdir(join(root, 'runs/example/show'))).length).toBe(hostile.length);
      expect(await readdir(root)).toEqual(['runs']);
    });
  });

  test('standard output and error stay in the order in which they were written', async () => {
    await inFolder(async (root) => {
      const source = 'for i in 1 2 3 4 5 6 7 8 9; do echo out $i; echo err $i >&2; done; echo last >/dev/stderr';
      const { file } = await runHere(root, [shell('a', source)]);
      const lines = [1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((i) => [`out ${i}`, `err ${i}`]);
      expect(await file('a/main.log')).toBe(`${[...lines, 'last'].join('\n')}\n`);
    });
  });

  test('large output is whole', async () => {
    await inFolder(async (root) => {
      const { file, exitCode } = await runHere(root, [shell('a', 'head -c 30000000 /dev/zero | tr "\\0" x')]);
      expect(exitCode).toBe(0);
      expect((await file('a/main.log')).length).toBe(30_000_000);
    });
  });

  test('a failure: exit code, `.err` with a reason, last lines; then a good run removes it', async () => {
    await inFolder(async (root) => {
      const first = await runHere(root, [shell('a', 'echo one; echo two; exit 7')]);
      expect(first.exitCode).toBe(1);
      expect(first.events.find(({ kind }) => kind === 'item-failed')).toMatchObject({
        failure: { kind: 'exit', code: 7 },
        tail: ['one', 'two', 'podloom: exit code 7'],
      });
      expect(await first.file('a/main.err')).toBe('one\ntwo\npodloom: exit code 7\n');
      const second = await runHere(root, [shell('a', 'echo fine')]);
      expect(second.exitCode).toBe(0);
      expect(await readdir(join(root, 'runs/example/a'))).toEqual(['main.log']);
      expect(JSON.parse(await second.file('run.json'))).toMatchObject({
        version: 1,
        status: 'succeeded',
        engine: 'local',
      });
      expect((await second.file('attempts.jsonl')).trim().split('\n')).toHaveLength(2);
    });
  });

  test.each([
    ['a program that is not there', aCommand('no-such-program'), 'exit code 127'],
    ['a folder as a program', aCommand('/tmp'), 'exit code 126'],
    ['a signal', aCommand('sh', '-c', 'kill -SEGV $$'), 'killed by SIGSEGV'],
    ['arguments that are too long', aCommand('true', 'x'.repeat(200_000)), 'exit code 126'],
  ])('%s', async (_, program, reason) => {
    await inFolder(async (root) => {
      const { exitCode, file } = await runHere(root, [aTask({ name: 'a', container: aContainer({ program }) })]);
      expect(exitCode).toBe(1);
      expect(await file('a/main.err')).toContain(`podloom: ${reason}\n`);
    });
  });

  test('replicas find each other, share a log by whole lines, and fail together', async () => {
    await inFolder(async (root) => {
      // Rank 1 fails only when the others have said who they are: its end ends them.
      const source = `
        echo $RANK of $WORLD_SIZE at $MASTER_ADDR; : > ready-$RANK
        [ $RANK = 1 ] || exec sleep 100
        until [ -f ready-0 ] && [ -f ready-2 ]; do sleep 0.02; done
        exit 4`;
      const { file, summary } = await runHere(root, [shell('a', source, { replicas: 3 })]);
      const log = await file('a/main.err');
      for (const rank of [0, 1, 2]) expect(log).toContain(`[${rank}] ${rank} of 3 at 127.0.0.1\n`);
      expect(log).toContain('podloom: exit code 4 of rank 1\n');
      expect(summary!.status).toBe('failed');
    });
  });

  test('batches: all items of one as words, and one log', async () => {
    await inFolder(async (root) => {
      const joined: Text = [{ kind: 'batch', separator: ',' }];
      const program = aCommand('printf', '%s;', joined, { kind: 'spread' });
      const forEach = aTable(['a', 'b c', 'd'], { batch: 2 });
      const { events, file } = await runHere(root, [aTask({ name: 'a', forEach, container: aContainer({ program }) })]);
      const logs = events.flatMap((event) => (event.kind === 'item-succeeded' ? [event] : []));
      const texts = await Promise.all(logs.sort((x, y) => x.index - y.index).map(({ item }) => file(`a/${item}.log`)));
      expect(texts).toEqual(['a,b c;a;b c;', 'd;d;']);
    });
  });
});

describe('volumes and outputs', () => {
  test('values, lists and files go from task to task; claims are shared', async () => {
    await inFolder(async (root) => {
      const source = { kind: 'persistentVolumeClaim', claim: 'data', readOnly: false } as const;
      const volumes = [{ volume: 'data', source, mountPath: '/data', readOnly: false }];
      const shape = { kind: 'object', fields: ['x', 'y'] } as const;
      const make = shell('make', '', {
        outputs: [
          { kind: 'value', name: 'best-lr', type: 'number' },
          { kind: 'list', name: 'parts', shape, maxItems: 9 },
          { kind: 'file', name: 'model', volume: 'data', path: 'model.txt' },
        ],
        container: aContainer({
          volumes,
          program: aCommand(
            'sh',
            '-c',
            'echo 0.5 >$PODLOOM_OUTPUT_BEST_LR; echo \'[{"x":"1 2","y":3},{"x":"4"}]\' >$PODLOOM_OUTPUT_PARTS; echo m >$0/model.txt',
            [{ kind: 'mount', volume: 'data' }],
          ),
        }),
      });
      const output = (name: string): Text => [{ kind: 'output', task: 'make', output: name }];
      const use = aTask({
        name: 'use',
        after: [anEdge('make')],
        forEach: { items: { kind: 'output', task: 'make', output: 'parts', shape }, batch: 1, itemsPerPod: 1 },
        container: aContainer({
          volumes,
          program: aCommand(
            'sh',
            '-c',
            'cat $1; printf "%s|" "$0" "$ITEM_X" "$ITEM_Y" "$PODLOOM_INPUT_MAKE_BEST_LR"',
            output('best-lr'),
            output('model'),
          ),
        }),
      });
      for (const _ of ['first', 'again, with what is kept']) {
        const { exitCode, summary, file } = await runHere(root, [make, use]);
        expect(exitCode).toBe(0);
        const names = (await readdir(join(root, 'runs/example/use'))).sort();
        const logs = await Promise.all(names.map((name) => file(`use/${name}`)));
        expect(logs.sort()).toEqual(['m\n0.5|1 2|3|0.5|', 'm\n0.5|4||0.5|']);
        expect(summary!.tasks.map(({ total }) => total)).toEqual([1, 2]);
      }
    });
  });

  test.each([
    ['not written', 'true', 'was not written to $PODLOOM_OUTPUT_LOSS'],
    ['not a number', 'echo low >$PODLOOM_OUTPUT_LOSS', 'is not a number: "low"'],
    ['too large', 'head -c 5000 /dev/zero >$PODLOOM_OUTPUT_LOSS', 'has 5000 bytes: at most 4096 fit'],
    ['not text', "printf '\\377' >$PODLOOM_OUTPUT_LOSS", 'is not valid UTF-8'],
  ])('an output that is %s fails the item', async (_, source, problem) => {
    await inFolder(async (root) => {
      const outputs = [{ kind: 'value', name: 'loss', type: 'number' }] as const;
      const { exitCode, file } = await runHere(root, [shell('a', source, { outputs })]);
      expect(exitCode).toBe(1);
      expect(await file('a/main.err')).toBe(`podloom: output "loss" ${problem}\n`);
    });
  });
});

describe('endings', () => {
  test('a timeout ends the whole group, also what ignores SIGTERM', async () => {
    await inFolder(async (root) => {
      const source = "trap '' TERM; sh -c \"trap '' TERM; sleep 100\" & echo $!; echo $$; wait";
      const task = shell('a', source, { timeoutSeconds: 0.3, terminationGraceSeconds: 0.2 });
      const { file } = await runHere(root, [task]);
      const [child, leader, reason] = (await file('a/main.err')).trim().split('\n');
      expect(reason).toBe('podloom: timed out after 0.3 s');
      expect(isAlive(Number(child))).toBe(false);
      expect(isAlive(Number(leader))).toBe(false);
    });
  });

  test('what a program leaves in the background ends with it', async () => {
    await inFolder(async (root) => {
      const { exitCode, file } = await runHere(root, [shell('a', 'sleep 100 & echo $!')]);
      expect(exitCode).toBe(0);
      expect(isAlive(Number(await file('a/main.log')))).toBe(false);
    });
  });

  test('nothing temporary stays', async () => {
    await inFolder(async (root) => {
      await runHere(root, [shell('a', 'true', { forEach: aRange(3) })]);
      const files = await readdir(join(root, 'runs/example'));
      expect(files.sort()).toEqual(['a', 'attempts.jsonl', 'run.json']);
      expect((await readdir(join(root, 'runs/example/a'))).sort()).toEqual(['0.log', '1.log', '2.log']);
    });
  });
});

describe('storage', () => {
  test('a file in place of the folder: one clear error, exit code 2', async () => {
    await inFolder(async (root) => {
      await writeFile(join(root, 'runs'), 'x');
      const { exitCode, diagnostics } = await runHere(root, [shell('a', 'true')]);
      expect(exitCode).toBe(2);
      expect(diagnostics.map(({ code, message }) => [code, message])).toEqual([
        ['PL303', 'cannot write runs/example: there is a file where a folder should be'],
      ]);
    });
  });

  test('a log that becomes unwritable stops the run and counts nothing as done', async () => {
    await inFolder(async (root) => {
      // The program itself puts a folder where its finished log would be.
      const source = 'mkdir "runs/example/a/$ITEM.log"; touch "runs/example/a/$ITEM.log/x"';
      const tasks = [shell('a', source, { forEach: aTable(['one']) }), shell('b', 'true', { after: [anEdge('a')] })];
      const { exitCode, diagnostics, events } = await runHere(root, tasks);
      expect(exitCode).toBe(2);
      expect(diagnostics.map(({ code }) => code)).toEqual(['PL303']);
      expect(events.some(({ kind }) => kind === 'item-succeeded')).toBe(false);
      await rm(join(root, 'runs/example/a/one.log'), { recursive: true });
      expect((await runHere(root, [shell('a', 'true', { forEach: aTable(['one']) }), tasks[1]!])).exitCode).toBe(0);
    });
  });

  test('a line that a runner left half written takes no other line with it', async () => {
    await inFolder(async (root) => {
      const { file } = await runHere(root, [shell('a', 'true')]);
      await appendFile(join(root, 'runs/example/attempts.jsonl'), '{"task":"a","it');
      expect((await runHere(root, [shell('a', 'true')], { rerun: 'all' })).exitCode).toBe(0);
      const lines = (await file('attempts.jsonl')).trim().split('\n');
      expect(lines.map((line) => line.endsWith('}'))).toEqual([true, false, true]);
    });
  });

  test('a full disk', async () => {
    await inFolder(async (root) => {
      await mkdir(join(root, 'runs/example'), { recursive: true });
      const full = join(root, 'runs/example/attempts.jsonl');
      await symlink('/dev/full', full);
      const { exitCode, diagnostics } = await runHere(root, [
        shell('a', 'sleep 0.2'),
        shell('b', 'true', { after: [anEdge('a')] }),
      ]);
      expect(diagnostics.map(({ message }) => message)).toEqual([
        'cannot write runs/example/attempts.jsonl: the disk is full',
      ]);
      expect(exitCode).toBe(2);
    });
  });
});

describe('parameters', () => {
  const pipeline = aPipeline({
    parameters: [
      { name: 'rate', type: 'number', default: 1 },
      { name: 'name', type: 'string' },
    ],
    tasks: [shell('a', 'printf "%s|" "$PODLOOM_PARAMETER_RATE" "$PODLOOM_PARAMETER_NAME" "$PODLOOM_RUN"')],
  });

  test('given and default; a run keeps those it began with', async () => {
    await inFolder(async (root) => {
      const { file } = await runHere(root, pipeline, { parameters: { name: "a 'b'" } });
      expect(await file('a/main.log')).toBe("1|a 'b'|example|");
      const other = await runHere(root, pipeline, { parameters: { name: 'c' } });
      expect(other.diagnostics.map(({ code }) => code)).toEqual(['PL304']);
      const anew = await runHere(root, pipeline, { parameters: { name: 'c' }, rerun: 'all' });
      expect(await anew.file('a/main.log')).toBe('1|c|example|');
    });
  });

  test.each([
    [{}, ['PL291']],
    [{ name: 'x', rate: 'fast' }, ['PL293']],
    [{ name: 'x', rat: '1' }, ['PL292']],
  ])('%j', async (parameters, codes) => {
    await inFolder(async (root) => {
      const { diagnostics, exitCode } = await runHere(root, pipeline, { parameters });
      expect(diagnostics.map(({ code }) => code)).toEqual(codes);
      expect(exitCode).toBe(2);
      expect(await readdir(root)).toEqual([]);
    });
  });
});
