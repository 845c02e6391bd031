import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { App } from 'cdk8s';
import { podloomCopy, setHost } from '../constructs/host.ts';
import { Collector } from '../diagnostics/collector.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { MutedApps } from './cdk8s.ts';
import { noPipelineFix } from './exports.ts';
import { FailureReporter } from './failure.ts';
import { type Finding, reportFindings } from './finding.ts';
import { ExitAttempt, Guard } from './guard.ts';
import { importFile } from './import-file.ts';
import { Imports } from './imports.ts';
import { Intrinsics } from './intrinsics.ts';
import { isPipelineFile } from './pipeline-file.ts';
import { type LoadedPipeline, Registry } from './registry.ts';
import { locateTopLevelAwait } from './syntax.ts';
import { Tripwire } from './tripwire.ts';

export interface LoadOptions {
  /** Project root, absolute. */
  readonly root: string;
  /** Pipeline files, in order; relative paths start at the root. */
  readonly files: readonly string[];
  /** Also look for reads of clock, randomness and so on in the sources, where they did not run. */
  readonly scan: boolean;
  /** Where the scan keeps what it found, by content. Default `node_modules/.cache/podloom` in the root. */
  readonly cacheFolder?: string | undefined;
  /** How long one file may take when something keeps it waiting, in seconds. Default 60. */
  readonly timeoutSeconds?: number | undefined;
}

export interface LoadResult {
  /** Pipelines of the files that loaded, in the order in which they were made. */
  readonly pipelines: readonly LoadedPipeline[];
  /** The apps that they belong to: other charts and objects of the user are found in them. */
  readonly apps: readonly App[];
  /** Every file that the result depends on: the user's modules, and what they read through podloom. Sorted. */
  readonly inputs: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Imports pipeline files and gathers the pipelines that they make. Never throws: whatever goes wrong is a diagnostic. */
export async function loadProject(options: LoadOptions): Promise<LoadResult> {
  const files = [...new Set(options.files.map((file) => resolve(options.root, file)))];
  return new Loader(options, files).load();
}

class Loader {
  readonly #options: LoadOptions;
  readonly #files: readonly string[];
  readonly #collector = new Collector();
  readonly #registry: Registry;
  readonly #findings: Finding[] = [];
  readonly #namespaces = new Map<string, object>();
  readonly #failed = new Set<string>();

  constructor(options: LoadOptions, files: readonly string[]) {
    this.#options = options;
    this.#files = files;
    this.#registry = new Registry(options.root, files);
  }

  async load(): Promise<LoadResult> {
    const apps = new MutedApps();
    const tripwire = new Tripwire((finding) => this.#findings.push(finding));
    const imports = new Imports((name) => tripwire.builtin(name));
    const failures = new FailureReporter(this.#collector, imports, (file) => this.#name(file));
    const guard = new Guard({
      exited: (call, frames) => {
        const location = frames.find((frame) => frame.owner === 'user')?.location;
        const place = location === undefined ? { subject: this.#name(this.#registry.current) } : { location };
        this.#collector.report('PL010', { call }, place);
        this.#failed.add(this.#registry.current);
      },
      uncaught: (error) => {
        if (error instanceof ExitAttempt) return; // reported when it was tried
        failures.reportThrown('PL009', this.#registry.current, error);
        this.#failed.add(this.#registry.current);
      },
    });
    const host = setHost(this.#registry);
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 50; // the user's frame can lie far below that of a package
    try {
      const intrinsics = new Intrinsics();
      for (const file of this.#files) await this.#loadFile(file, apps, failures, intrinsics);
      intrinsics.restore();
    } finally {
      Reflect.set(Error, 'stackTraceLimit', limit); // which user code may have frozen
      setHost(host);
      guard.release();
      imports.release();
      tripwire.release();
      apps.release();
    }
    return this.#finish(imports);
  }

  async #loadFile(file: string, apps: MutedApps, failures: FailureReporter, intrinsics: Intrinsics): Promise<void> {
    this.#registry.current = file;
    if (!(await isPipelineFile(file, this.#name(file), this.#collector))) {
      this.#failed.add(file);
      return;
    }
    apps.muteFor(file);
    let changed: readonly string[] = [];
    const outcome = await importFile(file, this.#options.timeoutSeconds ?? 60, () => {
      changed = intrinsics.restore();
    });
    if (changed.length > 0) {
      this.#failed.add(file);
      this.#collector.report('PL014', { file: this.#name(file), names: changed }, { subject: this.#name(file) });
    }
    switch (outcome.kind) {
      case 'loaded':
        this.#namespaces.set(file, outcome.namespace);
        return;
      case 'failed':
        this.#failed.add(file);
        await failures.report(file, outcome.error);
        return;
      case 'unsettled': {
        this.#failed.add(file);
        const location = await locateTopLevelAwait(file);
        this.#collector.report('PL011', { file: this.#name(file) }, { location, subject: this.#name(file) });
      }
    }
  }

  async #finish(imports: Imports): Promise<LoadResult> {
    this.#reportForeign();
    this.#reportEmpty(imports);
    const modules = imports.modulesOf(this.#files);
    reportFindings(this.#findings, await this.#scan(modules), this.#collector);
    const pipelines = this.#registry.pipelines.filter(({ file }) => !this.#failed.has(file));
    return {
      pipelines,
      apps: [...new Set(pipelines.map(({ pipeline }) => pipeline.node.root as App))],
      inputs: [...new Set([...modules, ...this.#registry.inputs])].sort(),
      diagnostics: this.#collector.sorted(),
    };
  }

  async #scan(modules: readonly string[]): Promise<readonly Finding[]> {
    if (!this.#options.scan) return [];
    const { scanModules } = await import('./scan.ts');
    return scanModules(
      modules,
      this.#options.cacheFolder ?? resolve(this.#options.root, 'node_modules/.cache/podloom'),
    );
  }

  #reportForeign(): void {
    for (const { copy, location } of this.#registry.foreign) {
      const params = { theirs: this.#name(fileURLToPath(copy)), ours: this.#name(fileURLToPath(podloomCopy)) };
      this.#collector.report('PL013', params, { location });
    }
  }

  /** Helpers that other pipeline files import need not make one, and a file may pass on the pipelines of another. */
  #reportEmpty(imports: Imports): void {
    const { pipelines, foreign } = this.#registry;
    const made = new Set([...pipelines, ...foreign].map(({ file }) => file));
    const known = new Set<unknown>(pipelines.map(({ pipeline }) => pipeline));
    for (const [file, namespace] of this.#namespaces) {
      if (made.has(file) || this.#failed.has(file) || imports.importOf(file) !== undefined) continue;
      const fix = noPipelineFix(namespace, known);
      const name = this.#name(file);
      if (fix !== undefined) this.#collector.report('PL012', { file: name, fix }, { subject: name });
    }
  }

  #name(file: string): string {
    const name = relative(this.#options.root, file).replaceAll('\\', '/').replace(/\/$/, '');
    return name === '' || name.startsWith('../') ? file : name;
  }
}
