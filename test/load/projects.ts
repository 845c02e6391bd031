import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { json, text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

const repository = resolve(import.meta.dirname, '../..');

export interface Project {
  /** By path relative to the project root. */
  readonly files: { readonly [path: string]: string | Uint8Array };
  /** Default: all files directly in pipelines/, sorted. */
  readonly load?: readonly string[];
  readonly scan?: boolean;
  readonly timeoutSeconds?: number;
}

export interface Loaded {
  /** Ids of the pipelines, and the files that made them. */
  readonly pipelines: readonly (readonly [id: string, file: string])[];
  readonly apps: number;
  readonly inputs: readonly string[];
  /** As people see them. */
  readonly printed: string;
  /** What user code and Node wrote while the project was loaded. */
  readonly stdout: string;
  readonly stderr: string;
}

/** A temporary folder in which projects find podloom and cdk8s; `dispose` removes it. */
export class ProjectFolder {
  readonly path = realpathSync(mkdtempSync(join(tmpdir(), 'podloom-load-')));

  constructor() {
    const modules = join(this.path, 'node_modules');
    mkdirSync(modules);
    this.#writePodloom(join(modules, 'podloom'));
    for (const name of ['cdk8s', 'cdk8s-plus-28', 'constructs', 'zod', 'ts-morph']) {
      symlinkSync(join(repository, 'node_modules', name), join(modules, name));
    }
  }

  /** The constructs of this repository, without the compiler, which is loaded by nobody here. */
  #writePodloom(folder: string): void {
    mkdirSync(folder);
    const exports = { '.': './index.js' };
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'podloom', type: 'module', exports }));
    const constructs = pathToFileURL(join(repository, 'src/constructs')).href;
    writeFileSync(join(folder, 'index.js'), `export { Pipeline } from '${constructs}/pipeline.ts';\n`);
  }

  /** Writes a project and returns its root. */
  write(name: string, files: Project['files']): string {
    const root = join(this.path, name);
    const all = { 'package.json': '{ "type": "module" }\n', ...files };
    for (const [path, content] of Object.entries(all)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
    return root;
  }

  /**
   * Loads projects one after the other in one Node process, as the command does: vitest would load modules
   * in its own way, with other errors and other stacks.
   */
  async load<Name extends string>(projects: { readonly [name in Name]: Project }): Promise<{ [name in Name]: Loaded }> {
    const jobs = Object.entries<Project>(projects).map(([name, project]) => ({
      name,
      root: this.write(name, project.files),
      files:
        project.load ??
        Object.keys(project.files)
          .filter((path) => /^pipelines\/[^/]+$/.test(path))
          .sort(),
      scan: project.scan ?? false,
      timeoutSeconds: project.timeoutSeconds,
      cacheFolder: join(this.path, 'cache'),
    }));
    const output = await runNode(join(import.meta.dirname, 'load-child.ts'), JSON.stringify(jobs));
    return output as { [name in Name]: Loaded };
  }

  dispose(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Runs a script of the repository and returns the JSON that it prints on file descriptor 3. */
export async function runNode(script: string, input: string): Promise<unknown> {
  const child = spawn(process.execPath, ['--conditions=podloom-source', script], {
    stdio: ['pipe', 'inherit', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '', HOME: '/home/someone' },
  });
  child.stdin?.end(input);
  const results = json(child.stdio[3] as NodeJS.ReadableStream as never);
  const [errors, code] = await Promise.all([
    text(child.stderr as never),
    new Promise<number | null>((done) => child.once('close', done)),
  ]);
  if (code !== 0) {
    await results.catch(() => undefined);
    throw new Error(`${script} exited with ${code}: ${errors}`);
  }
  return results;
}
