import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { main } from '../../src/cli/main.ts';
import type { Ports } from '../../src/cli/ports.ts';
import { realToolchain } from '../../src/cli/real-toolchain.ts';
import type { Toolchain } from '../../src/cli/toolchain.ts';
import { Collector } from '../../src/diagnostics/collector.ts';
import { anEdge, anOrigin, aPipeline, aTask } from '../rig/ir.ts';

export { readFiles, temporaryFolder, writeFiles } from '../emit/rig.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Ports['env'];
  readonly isTTY?: boolean;
  readonly toolchain?: Partial<Toolchain>;
}

/** Runs a command line in this process, with the stages replaced by `fakeToolchain`. */
export async function podloom(
  cwd: string,
  argv: readonly string[],
  { env = {}, isTTY = false, toolchain = {} }: RunOptions = {},
): Promise<Ran> {
  const text = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr') => ({
    write: (more: string) => {
      text[name] += more;
    },
    isTTY,
    columns: 100,
  });
  const code = await main(argv, {
    stdout: output('stdout'),
    stderr: output('stderr'),
    cwd,
    env,
    onInterrupt: () => () => {},
    exitNow: (status) => {
      throw new Error(`exit ${status}`);
    },
    announceInputs: () => {},
    toolchain: { ...fakeToolchain, ...toolchain },
  });
  return { code, ...text };
}

/**
 * Stages without user code: a file makes one pipeline, called after it, and its manifest holds the text of the file. A text
 * that starts with `throw` fails to load, one with `warn` gives a warning.
 */
export const fakeToolchain: Toolchain = {
  async load({ files }) {
    const diagnostics = new Collector();
    const pipelines = files.flatMap((file) => {
      const text = readFileSync(file, 'utf8');
      const location = { file, line: 1, column: 1 };
      if (text.startsWith('throw')) diagnostics.report('PL008', { error: text.trim() }, { location });
      if (text.startsWith('throw')) return [];
      const name = basename(file).replace(/\.[a-z]+$/, '');
      const tasks = [
        aTask({ name: 'first', origin: anOrigin(`${name}/first`) }),
        aTask({ name: 'second', after: [anEdge('first')] }),
      ];
      return [
        {
          file,
          pipeline: aPipeline({ name, tasks, origin: { ...anOrigin(name), location }, labels: { text: text.trim() } }),
        },
      ];
    });
    return { pipelines, charts: [], inputs: [...files], diagnostics: diagnostics.sorted() };
  },
  async compile(pipelines, profile, targets, diagnostics) {
    for (const { origin, labels } of pipelines)
      if (labels.text === 'warn') diagnostics.report('PL012', { file: origin.path, fix: 'Look.' }, { origin });
    const bundles = pipelines.flatMap((pipeline) =>
      targets.map((target) => {
        const object = {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: pipeline.name },
          data: { text: pipeline.labels.text ?? '', kubernetes: profile.kubernetes },
        };
        return {
          target,
          pipeline: pipeline.name,
          files: [
            { path: `${target}/${pipeline.name}.yaml`, gitops: true, manifests: [{ object, origin: pipeline.origin }] },
          ],
        };
      }),
    );
    return { bundles: diagnostics.hasErrors ? [] : bundles };
  },
  validateManifests: async () => {},
  validateText: async (file, text, _profile, diagnostics) => {
    if (text.includes('damaged'))
      diagnostics.report('PL325', { problem: 'it is damaged' }, { location: { file, line: 1, column: 1 } });
    return { checked: 1, unknownKinds: text.includes('unknown') ? ['example.com/v1 Thing'] : [] };
  },
  kubeconform: async (files) => ({ documents: files.length }),
  renderDiagnostics: realToolchain.renderDiagnostics,
};
