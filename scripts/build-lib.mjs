import { readFileSync, rmSync } from 'node:fs';
import { rolldown } from 'rolldown';
import { root, run } from './lib/run.mjs';

/**
 * Entries by their name in lib/. Everything else is in chunks: a command loads a dozen files then, not the 250 modules of the
 * sources, which is a third of the time of a small synth. The child of kubeconform.ts is started by its place beside it.
 */
const ENTRIES = {
  index: 'src/index.ts',
  'cli/start': 'src/cli/start.ts',
  'chunks/kubeconform-child': 'src/validate/kubeconform-child.ts',
};

/** src → lib: JavaScript in chunks, and a declaration file for each module. */
export async function buildLib() {
  rmSync(`${root}/lib`, { recursive: true, force: true });
  await run('types: src → lib', ['node_modules/typescript/bin/tsc', '--project', 'tsconfig.build.json']);
  await bundleLib(`${root}/lib`);
}

/** The JavaScript of lib/, in that folder. */
export async function bundleLib(folder) {
  const bundle = await rolldown({
    cwd: root,
    input: ENTRIES,
    platform: 'node',
    external: (id) => !/^[./]/.test(id),
    onLog(level, log) {
      throw new Error(`${level}: ${log.message}`);
    },
  });
  const { output } = await bundle.write({
    dir: folder,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
  });
  await bundle.close();
  // The sources find what is beside src/ with `new URL('..', import.meta.url)`, which is the same one folder below lib/.
  const misplaced = output.find(({ fileName }) => !fileName.includes('/') && holdsOwnPlace(`${folder}/${fileName}`));
  if (misplaced !== undefined) throw new Error(`lib/${misplaced.fileName} holds a module that uses its own place`);
}

function holdsOwnPlace(file) {
  return readFileSync(file, 'utf8').includes('import.meta.url');
}
