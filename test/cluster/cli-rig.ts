import { join } from 'node:path';
import { App } from 'cdk8s';
import { main } from '../../src/cli/main.ts';
import type { Ports } from '../../src/cli/ports.ts';
import { realToolchain } from '../../src/cli/real-toolchain.ts';
import { lowerPipeline } from '../../src/constructs/lower/pipeline.ts';
import { Pipeline } from '../../src/constructs/pipeline.ts';
import { Collector } from '../../src/diagnostics/collector.ts';
import type { Pipeline as LoweredPipeline } from '../../src/ir/pipeline.ts';
import { temporaryFolder, writeFiles } from '../emit/rig.ts';

export interface CliRan {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliRunOptions {
  /** Answers of the person at the terminal, one for each question. Default: there is nobody. */
  readonly answers?: readonly string[];
  /** Sees all that was written to stderr so far; `interrupt` is Ctrl-C. */
  readonly onText?: (stderr: string, interrupt: () => void) => void;
}

type PipelineProps = ConstructorParameters<typeof Pipeline>[2];

/** A project in a folder of its own, whose pipelines are made in this process, and its command line on a cluster. */
export class CliRig {
  readonly root: string;
  readonly kubeconfig: string;
  readonly #env: Ports['env'];
  #pipelines: readonly LoweredPipeline[] = [];

  constructor(kubeconfig: string, env: Ports['env'] = {}) {
    this.kubeconfig = kubeconfig;
    this.#env = env;
    this.root = temporaryFolder({ 'package.json': '{}' });
  }

  /** From now on the project has this one pipeline. */
  define(name: string, props: PipelineProps, tasks: (pipeline: Pipeline) => void): void {
    const pipeline = new Pipeline(new App(), name, { image: 'busybox:1.37.0', ...props } as PipelineProps);
    tasks(pipeline);
    const diagnostics = new Collector();
    this.#pipelines = [lowerPipeline(pipeline as never, diagnostics)];
    writeFiles(this.root, { [`pipelines/${name}.ts`]: '' });
    if (diagnostics.hasErrors) throw new Error(diagnostics.sorted()[0]!.message);
  }

  async run(argv: readonly string[], { answers, onText }: CliRunOptions = {}): Promise<CliRan> {
    const text = { stdout: '', stderr: '' };
    const listeners = new Set<() => void>();
    const interrupt = (): void => {
      for (const listener of [...listeners]) listener();
    };
    const output = (name: 'stdout' | 'stderr') => ({
      isTTY: false,
      columns: 100,
      write: (more: string): void => {
        text[name] += more;
        if (name === 'stderr') onText?.(text.stderr, interrupt);
      },
    });
    const left = [...(answers ?? [])];
    const ports: Ports = {
      stdout: output('stdout'),
      stderr: output('stderr'),
      cwd: this.root,
      env: { KUBECONFIG: this.kubeconfig, ...this.#env },
      ask: answers && (async () => left.shift() ?? ''),
      onInterrupt: (listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
      exitNow: (code) => {
        throw new Error(`exit ${code}`);
      },
      announceInputs: () => {},
      toolchain: { ...realToolchain, load: async () => this.#load() },
    };
    const code = await main(argv, ports);
    return { code, ...text };
  }

  #load() {
    const pipelines = this.#pipelines.map((pipeline) => ({
      pipeline,
      file: join(this.root, 'pipelines', `${pipeline.name}.ts`),
    }));
    return { pipelines, charts: [], inputs: [], diagnostics: [] };
  }
}
