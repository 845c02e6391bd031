import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { temporaryFolder } from './rig.ts';

export const repository = resolve(import.meta.dirname, '../..');
export const CONDITION = '--conditions=podloom-source';
export const bin = join(repository, 'bin/podloom.cjs');

/** A project whose packages are those of the repository, and whose podloom is this one. */
export function linkedProject(files: Readonly<Record<string, string>>): string {
  const root = temporaryFolder(files);
  linkPackages(root);
  return root;
}

export function linkPackages(root: string): void {
  mkdirSync(join(root, 'node_modules'));
  for (const name of ['cdk8s', 'cdk8s-plus-28', 'constructs', 'vitest', 'vite', '@types'])
    symlinkSync(join(repository, 'node_modules', name), join(root, 'node_modules', name));
  symlinkSync(repository, join(root, 'node_modules/podloom'));
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs Node to its end. */
export async function node(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const child = startNode(cwd, args, env);
  const ended = new Promise<number | null>((done) => void child.on('close', done));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout!), text(child.stderr!), ended]);
  return { code, stdout, stderr };
}

export function startNode(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ChildProcess {
  const { NODE_OPTIONS: _, VITEST: __, ...inherited } = process.env;
  return spawn(process.execPath, [CONDITION, ...args], { cwd, env: { ...inherited, ...env } });
}
