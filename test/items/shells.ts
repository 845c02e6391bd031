import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import type { Task } from '../../src/ir/task.ts';
import { type ItemOptions, tableChunks } from '../../src/targets/items/index.ts';
import { aPipeline } from '../rig/ir.ts';

/** The shells that images have. In CI each must be there; elsewhere a missing one is skipped, visibly. */
const candidates: { readonly [name: string]: readonly string[] } = {
  sh: ['/bin/sh'],
  dash: ['dash'],
  bash: ['bash', '--posix'],
  busybox: ['busybox', 'sh'],
};

export interface Shell {
  readonly name: string;
  readonly argv: readonly string[];
  readonly missing: boolean;
}

export const shells: readonly Shell[] = Object.entries(candidates).map(([name, argv]) => {
  const [command, ...args] = argv as [string, ...string[]];
  const missing = spawnSync(command, [...args, '-c', 'exit 0']).status !== 0;
  if (missing && process.env['CI'] !== undefined) throw new Error(`${name} is not installed`);
  return { name, argv, missing };
});

/** One folder for all of a test file, with a blank and a quote in its name. */
const base = mkdtempSync(path.join(tmpdir(), "podloom it's "));
afterAll(() => rmSync(base, { recursive: true }));

/** A folder that stands for /podloom, with what the pods of one chunk would mount. */
export interface Mounted {
  readonly root: string;
  readonly options: ItemOptions;
}

export function aRoot(overrides: Partial<ItemOptions> = {}): Mounted {
  const root = mkdtempSync(path.join(base, 'root '));
  for (const folder of ['items', 'run', 'outputs']) mkdirSync(path.join(root, folder));
  const options = {
    gatherOutputs: true,
    itemSource: 'table',
    root,
    terminationLog: `${root}/message`,
    ...overrides,
  } as const;
  return { root, options };
}

/** Writes the ConfigMaps of one chunk where the kubelet would project them. */
export function project(task: Task, { root, options }: Mounted, chunk = 0): void {
  const made = tableChunks(aPipeline({ tasks: [task] }), task, options)[chunk];
  if (made === undefined) throw new Error(`no chunk ${chunk}`);
  for (const { data } of made.configMaps) {
    for (const [key, text] of Object.entries(data)) writeFileSync(path.join(root, 'items', key), text);
  }
}

/** A program that prints its arguments and environment byte for byte, with a NUL after each. */
export function showProgram(root: string): string {
  const file = path.join(root, 'show');
  writeFileSync(file, `#!/bin/sh\nprintf '%s\\0' "$#" "$@"\nexec env -0\n`);
  chmodSync(file, 0o755);
  return file;
}

export interface Shown {
  readonly argv: readonly string[];
  readonly env: { readonly [name: string]: string };
}

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function runShell(shell: Shell, root: string, env: { readonly [name: string]: string } = {}): Ran {
  const [command, ...args] = [...shell.argv, path.join(root, 'items', 'run')];
  const result = spawnSync(command ?? '', args, {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status: result.status, stdout: result.stdout, stderr: result.stderr };
}

/** What `showProgram` printed; of the environment, what podloom or the task set. */
export function parseShown(output: string): Shown {
  const [count, ...texts] = output.split('\0').slice(0, -1);
  const argv = texts.slice(0, Number(count));
  const entries = texts.slice(Number(count)).map((text) => {
    const equals = text.indexOf('=');
    return [text.slice(0, equals), text.slice(equals + 1)] as const;
  });
  return { argv, env: Object.fromEntries(entries.filter(([name]) => /^(ITEM|MY_|podloom_)/.test(name))) };
}
