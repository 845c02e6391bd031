import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ForEach, ItemValue } from '../../src/ir/items.ts';
import type { Task } from '../../src/ir/task.ts';
import type { Argument, Text } from '../../src/ir/text.ts';
import { encodeCarriedItem, rerunMap } from '../../src/targets/items/index.ts';
import { parseGatheredOutputs } from '../../src/units/gathered-outputs.ts';
import { UNIT_MARKER } from '../../src/units/unit-marker.ts';
import { aCommand, aContainer, aRange, aTable, aTask } from '../rig/ir.ts';
import { hostileItems } from './hostile.ts';
import { aRoot, type Mounted, parseShown, project, runShell, shells, showProgram } from './shells.ts';

const item: Text = [{ kind: 'item' }];
const field = (name: string): Text => [{ kind: 'item', field: name }];
const index: Text = [{ kind: 'index' }];

function showTask(
  mounted: Mounted,
  argv: readonly (string | Text | Argument)[],
  overrides: Partial<Task> = {},
  env: { [name: string]: Text } = {},
): Task {
  const variables = Object.entries(env).map(([name, text]) => ({ kind: 'text' as const, name, text }));
  const program = aCommand(showProgram(mounted.root), ...argv);
  return aTask({ container: aContainer({ program, environment: { variables, from: [] } }), ...overrides });
}

const list = (source: ForEach['items']): ForEach => ({ items: source, batch: 1, itemsPerPod: 1 });

for (const shell of shells) {
  describe.skipIf(shell.missing)(`the script in ${shell.name}`, () => {
    it('carries hostile items byte for byte, as argument, inside text and in the environment', () => {
      const mounted = aRoot();
      const task = showTask(
        mounted,
        [item, ['--in=', { kind: 'item' }, "'$(id)"], index, '-x', '', '$HOME'],
        { forEach: aTable(hostileItems) },
        { MY_ITEM: ['a "', { kind: 'item' }, '" $(b)'], MY_INDEX: index },
      );
      project(task, mounted);
      expect(hostileItems.length).toBeGreaterThanOrEqual(31);
      for (const [number, value] of hostileItems.entries()) {
        const ran = runShell(shell, mounted.root, { JOB_COMPLETION_INDEX: String(number) });
        expect(ran.stderr).toBe('');
        const { argv, env } = parseShown(ran.stdout);
        expect(argv).toEqual([value, `--in=${value}'$(id)`, String(number), '-x', '', '$HOME']);
        expect(env).toEqual({ ITEM: value, MY_ITEM: `a "${value}" $(b)`, MY_INDEX: String(number) });
      }
    });

    it('carries values of 100 KiB', () => {
      const mounted = aRoot();
      const large = [`${"it's ".repeat(20_480)}\n`, '日'.repeat(34_000)];
      project(showTask(mounted, [item], { forEach: aTable(large) }), mounted);
      for (const [number, value] of large.entries()) {
        const ran = runShell(shell, mounted.root, { PODLOOM_INDEX: String(number) });
        expect(parseShown(ran.stdout).argv[0] === value).toBe(true);
      }
    });

    it('gives each field of an object, also those with the same variable name', () => {
      const mounted = aRoot();
      const values: ItemValue[] = [
        { path: "a'b", 'lr-max': 1e-7, LR_MAX: true },
        { path: '', 'lr-max': -3, LR_MAX: false },
      ];
      project(
        showTask(mounted, [field('path'), field('lr-max'), field('LR_MAX')], { forEach: aTable(values) }),
        mounted,
      );
      const ran = runShell(shell, mounted.root, { JOB_COMPLETION_INDEX: '1' });
      expect(parseShown(ran.stdout)).toEqual({
        argv: ['', '-3', 'false'],
        env: { ITEM_PATH: '', ITEM_LR_MAX: '-3', ITEM_LR_MAX_2: 'false' },
      });
    });

    it('finds items in any table, with an offset and leading zeros, and knows which are not there', () => {
      const mounted = aRoot();
      const task = showTask(mounted, [item, index], {
        forEach: aTable(Array.from({ length: 200 }, (_, n) => `i${n}`)),
      });
      project(task, mounted);
      const shown = (env: { [name: string]: string }) => parseShown(runShell(shell, mounted.root, env).stdout).argv;
      expect(shown({ PODLOOM_INDEX: '199' })).toEqual(['i199', '199']);
      expect(shown({ PODLOOM_INDEX: '9', PODLOOM_OFFSET: '100', JOB_COMPLETION_INDEX: '1' })).toEqual(['i109', '109']);
      expect(shown({ JOB_COMPLETION_INDEX: '0077' })).toEqual(['i77', '77']);
      for (const wrong of ['200', '255', '64000', '4294967296', '99999999999999999999', '-1', 'x', '', '1 2']) {
        const ran = runShell(shell, mounted.root, { PODLOOM_INDEX: wrong });
        expect([wrong, ran.status, ran.stdout]).toEqual([wrong, 125, '']);
        expect(ran.stderr).toMatch(/^podloom: /);
      }
    });

    it('gives batches as arguments and joined, by field', () => {
      const mounted = aRoot();
      const values = [1, 2, 3, 4, 5].map((n) => ({ path: `p ${n}'`, size: n }));
      const argv = [
        { kind: 'spread', field: 'path' } as const,
        '--sizes',
        { kind: 'spread', field: 'size' } as const,
        [{ kind: 'batch', field: 'size', separator: ", '" } as const, '!'],
        index,
      ];
      project(showTask(mounted, argv, { forEach: aTable(values, { batch: 2 }) }), mounted);
      const shown = (unit: number) => parseShown(runShell(shell, mounted.root, { PODLOOM_INDEX: String(unit) }).stdout);
      expect(shown(0).argv).toEqual(["p 1'", "p 2'", '--sizes', '1', '2', "1, '2!", '0']);
      expect(shown(2).argv).toEqual(["p 5'", '--sizes', '5', '5!', '2']);
      expect(shown(0).env).toEqual({});
      expect(runShell(shell, mounted.root, { PODLOOM_INDEX: '3' }).status).toBe(125);
    });

    it('gives batches of hostile items and of computed ones', () => {
      const mounted = aRoot();
      const small = hostileItems.filter((text) => text.length < 1000);
      project(showTask(mounted, [{ kind: 'spread' }], { forEach: aTable(small, { batch: 100 }) }), mounted);
      expect(parseShown(runShell(shell, mounted.root, { PODLOOM_INDEX: '0' }).stdout).argv).toEqual(small);
      const range = aRoot();
      const argv = [{ kind: 'spread' } as const, [{ kind: 'batch', separator: '' } as const]];
      project(showTask(range, argv, { forEach: aRange(10, { batch: 4 }) }), range);
      const last = runShell(shell, range.root, { PODLOOM_INDEX: '2' });
      expect(parseShown(last.stdout).argv).toEqual(['8', '9', '89']);
      expect(runShell(shell, range.root, { PODLOOM_INDEX: '3' }).status).toBe(125);
    });

    it('runs several units in a pod, one after the other, each between markers', () => {
      const mounted = aRoot();
      const program = aCommand('/bin/sh', '-c', 'printf "%s:$ITEM" "$1"; exit $ITEM', 'sh', index);
      const task = aTask({ container: aContainer({ program }), forEach: aTable([0, 3, 4, 0, 0], { itemsPerPod: 3 }) });
      project(task, mounted);
      const first = runShell(shell, mounted.root, { JOB_COMPLETION_INDEX: '0' });
      const unit = (number: string, output: string, code: string) =>
        `${UNIT_MARKER.begin(number)}\n${output}\n${UNIT_MARKER.end(number, code)}\n`;
      expect(first.stdout).toBe(unit('0', '0:0', '0') + unit('1', '1:3', '3') + unit('2', '2:4', '4'));
      expect(first.status).toBe(3);
      const last = runShell(shell, mounted.root, { JOB_COMPLETION_INDEX: '1' });
      expect(last.stdout).toBe(unit('3', '3:0', '0') + unit('4', '4:0', '0'));
      expect(last.status).toBe(0);
      const numbers = first.stdout.split('\n').flatMap((line) => UNIT_MARKER.pattern.exec(line)?.slice(1) ?? []);
      expect(numbers).toEqual(['0', undefined, '0', '0', '1', undefined, '1', '3', '2', undefined, '2', '4']);
      const beyond = runShell(shell, mounted.root, { JOB_COMPLETION_INDEX: '7' });
      expect(beyond.status).toBe(125);
    });

    it('passes SIGTERM on and starts no further unit', async () => {
      const mounted = aRoot();
      const program = aCommand(
        '/bin/sh',
        '-c',
        'trap "echo bye; exit 7" TERM; echo ready; while :; do sleep 0.05; done',
      );
      project(aTask({ container: aContainer({ program }), forEach: aTable(['a', 'b'], { itemsPerPod: 2 }) }), mounted);
      const [command, ...args] = [...shell.argv, path.join(mounted.root, 'items/run')];
      const child = spawn(command ?? '', args, { env: { PATH: process.env['PATH'], PODLOOM_INDEX: '0' } });
      let output = '';
      child.stdout.on('data', (data) => {
        output += data;
        if (String(data).includes('ready')) child.kill('SIGTERM');
      });
      const status = await new Promise((resolve) => child.on('close', resolve));
      expect(output).toBe(`${UNIT_MARKER.begin('0')}\nready\nbye\n\n${UNIT_MARKER.end('0', '7')}\n`);
      expect(status).toBe(7);
    });

    it('replaces itself with the command, and ends with its exit code', () => {
      const mounted = aRoot();
      const program = aCommand('/bin/sh', '-c', 'echo "$PPID"; exit 42');
      project(aTask({ container: aContainer({ program }), forEach: aRange(1) }), mounted);
      const ran = runShell(shell, mounted.root, { PODLOOM_INDEX: '0' });
      // Its parent is not the script but who started the script: this test.
      expect([ran.status, ran.stdout]).toEqual([42, `${process.pid}\n`]);
      const missing = aRoot();
      project(aTask({ container: aContainer({ program: aCommand('/no/such') }), forEach: aRange(1) }), missing);
      expect(runShell(shell, missing.root, { PODLOOM_INDEX: '0' }).status).toBe(127);
    });

    it('follows the map of a rerun', () => {
      const mounted = aRoot();
      project(showTask(mounted, [item, index], { forEach: aTable(['a', 'b', 'c', 'd']) }), mounted);
      writeFileSync(path.join(mounted.root, 'run/map'), rerunMap([[3], [1]]));
      const env = { PODLOOM_OFFSET: '2' };
      expect(parseShown(runShell(shell, mounted.root, { ...env, PODLOOM_INDEX: '0' }).stdout).argv).toEqual(['d', '3']);
      expect(parseShown(runShell(shell, mounted.root, { ...env, PODLOOM_INDEX: '1' }).stdout).argv).toEqual(['b', '1']);
      expect(runShell(shell, mounted.root, { PODLOOM_INDEX: '2' }).status).toBe(125);

      const several = aRoot();
      const program = aCommand('/bin/sh', '-c', 'echo "$ITEM"');
      project(
        aTask({ container: aContainer({ program }), forEach: aTable(['a', 'b', 'c', 'd'], { itemsPerPod: 2 }) }),
        several,
      );
      writeFileSync(path.join(several.root, 'run/map'), rerunMap([[0, 3]]));
      const { stdout } = runShell(shell, several.root, { PODLOOM_INDEX: '0' });
      expect(stdout.split('\n').filter((line) => /^[a-d]$/.test(line))).toEqual(['a', 'd']);
    });

    it('decodes items that come in the environment', () => {
      const mounted = aRoot({ itemSource: 'environment' });
      const scalar = list({ kind: 'output', task: 'find', output: 'files', shape: { kind: 'scalar' } });
      project(showTask(mounted, [item], { forEach: scalar }), mounted);
      for (const value of hostileItems) {
        const carried = encodeCarriedItem(value);
        if (carried.length > 100_000) continue; // larger than any environment variable can be
        expect(carried).not.toMatch(/[{$]/);
        const ran = runShell(shell, mounted.root, { PODLOOM_ITEM: carried });
        expect(parseShown(ran.stdout)).toEqual({ argv: [value], env: { ITEM: value } });
      }
      const fields = aRoot({ itemSource: 'environment' });
      const object = list({
        kind: 'output',
        task: 'find',
        output: 'files',
        shape: { kind: 'object', fields: ['path', 'size'] },
      });
      project(showTask(fields, [field('size'), field('path'), index], { forEach: object }), fields);
      const ran = runShell(shell, fields.root, {
        PODLOOM_ITEM_PATH: encodeCarriedItem('{{a}}\n'),
        PODLOOM_ITEM_SIZE: '7',
        PODLOOM_INDEX: '5',
      });
      expect(parseShown(ran.stdout).argv).toEqual(['7', '{{a}}\n', '5']);
    });

    it('brings parameters, upstream outputs and mounts to the command, and runs scripts', () => {
      const mounted = aRoot();
      const container = aContainer({
        program: {
          kind: 'script',
          source: 'printf "%s|" "$0" "$@" "$MY_PATH"',
          interpreter: ['/bin/sh', '-eu'],
          args: [
            {
              kind: 'text',
              text: [{ kind: 'parameter', parameter: 'max-lr' }, '/', { kind: 'output', task: 'find', output: 'n' }],
            },
            { kind: 'text', text: item },
          ],
        },
        environment: {
          variables: [
            { kind: 'text', name: 'MY_PATH', text: [{ kind: 'mount', volume: 'data' }, '/', { kind: 'item' }] },
          ],
          from: [],
        },
        volumes: [{ volume: 'data', source: { kind: 'emptyDir' }, mountPath: '/mnt/data', readOnly: false }],
      });
      project(aTask({ container, forEach: aTable(['a b']) }), mounted);
      const ran = runShell(shell, mounted.root, {
        PODLOOM_INDEX: '0',
        PODLOOM_PARAMETER_MAX_LR: '$(x)',
        PODLOOM_INPUT_FIND_N: '3',
      });
      expect(ran.stdout).toBe(`${mounted.root}/items/source|$(x)/3|a b|/mnt/data/a b|`);
    });

    it('gathers several outputs when the command succeeds', () => {
      const outputs = ['loss', 'files', 'none'].map((name) => ({
        kind: 'value' as const,
        name,
        type: 'string' as const,
      }));
      const gather = (script: string) => {
        const mounted = aRoot();
        project(
          aTask({ container: aContainer({ program: aCommand('/bin/sh', '-c', script, 'sh', mounted.root) }), outputs }),
          mounted,
        );
        return { mounted, ran: runShell(shell, mounted.root) };
      };
      const { mounted, ran } = gather(
        `printf '0.25\\n' >"$1/outputs/loss"; printf 'a\\\\ b\\n\\n größe' >"$1/outputs/files"`,
      );
      expect(ran).toEqual({ status: 0, stdout: '', stderr: '' });
      const message = readFileSync(path.join(mounted.root, 'message'), 'utf8');
      expect([...parseGatheredOutputs(message)]).toEqual([
        ['loss', '0.25'],
        ['files', 'a\\ b\n\n größe'],
      ]);
      expect(gather('echo 1 >"$1/outputs/loss"; exit 9').ran.status).toBe(9);
      const large = gather(`printf '%02100d' 0 >"$1/outputs/loss"; printf '%02100d' 0 >"$1/outputs/files"`);
      expect(large.ran.status).toBe(125);
      expect(large.ran.stderr).toContain('4096 bytes');
    });
  });
}
