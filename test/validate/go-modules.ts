import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';

/**
 * Folders of these Go modules, downloaded when they are not there; undefined where that cannot be done. With CI=true it
 * must be possible.
 */
export function goModules(modules: readonly string[]): readonly string[] | undefined {
  const result = spawnSync('go', ['mod', 'download', '-json', ...modules], {
    cwd: tmpdir(),
    encoding: 'utf8',
    env: { ...process.env, GOFLAGS: '-mod=mod' },
  });
  if (result.status === 0) {
    const folders = new Map(
      [...result.stdout.matchAll(/"Path": "([^"]+)",\s+"Version": "([^"]+)"[\s\S]*?"Dir": "([^"]+)"/g)].map(
        ([, path, version, dir]) => [`${path}@${version}`, dir as string],
      ),
    );
    return modules.map((module) => folders.get(module) as string);
  }
  if (process.env.CI === 'true')
    throw new Error(`Go modules cannot be downloaded: ${result.error?.message ?? result.stderr}`);
  return undefined;
}
