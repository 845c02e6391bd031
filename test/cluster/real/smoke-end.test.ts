import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { waitFor } from '../rig/wait.ts';

const RUN = join(import.meta.dirname, 'smoke-run.ts');

let run: ChildProcess | undefined;
let folder = '';

afterEach(() => {
  run?.kill('SIGKILL');
  if (folder !== '') rmSync(folder, { recursive: true, force: true });
});

/** Processes of this machine, by what `look` sees in their folder in /proc; those that end meanwhile are left out. */
function processes(look: (folder: string) => boolean): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return look(join('/proc', pid));
    } catch {
      return false;
    }
  });
}

const networkOf = (process: string): string => readlinkSync(join(process, 'ns', 'net'));
const inCgroup = (process: string, name: string): boolean =>
  readFileSync(join(process, 'cgroup'), 'utf8').includes(name);
const mounts = (process: string, name: string): boolean =>
  readFileSync(join(process, 'mountinfo'), 'utf8').includes(name);

/** Folders of that name in the trees of cgroups. */
function cgroups(name: string): string[] {
  const trees = readdirSync('/sys/fs/cgroup', { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return trees.map((tree) => join('/sys/fs/cgroup', tree.name, name)).filter((path) => existsSync(path));
}

/** What there is of a cluster on this machine. */
function traces() {
  const name = basename(folder);
  return {
    processes: processes((process) => inCgroup(process, name)),
    mounts: processes((process) => mounts(process, name)),
    cgroups: cgroups(name),
    files: existsSync(join(folder, 'node')),
  };
}

/** Starts a test run with a container, and looks at what that leaves on the machine. */
async function startRun(): Promise<void> {
  run = spawn(process.execPath, ['--conditions=podloom-source', RUN], { stdio: ['pipe', 'pipe', 'inherit'] });
  [folder] = (await once(createInterface({ input: run.stdout! }), 'line')) as [string];
  const { processes: running, mounts: mounted, cgroups: kept } = traces();
  const networks = new Set(running.map((pid) => networkOf(join('/proc', pid))));
  expect(running.length).toBeGreaterThanOrEqual(4); // init, containerd, shim, container
  expect(networks.size).toBe(2); // the cluster's and the container's, as `ctr run` makes one
  expect(networks).not.toContain(networkOf('/proc/self'));
  expect(mounted).not.toEqual([]);
  expect(mounts('/proc/self', basename(folder))).toBe(false);
  expect(kept).not.toEqual([]);
}

const nothing = { processes: [], mounts: [], cgroups: [], files: false };

describe('a real cluster', () => {
  it('leaves nothing when it is stopped', async () => {
    await startRun();
    run!.stdin!.end();
    expect(await once(run!, 'exit')).toEqual([0, null]);
    expect(traces()).toEqual(nothing);
    expect(existsSync(folder)).toBe(false);
  });

  it('leaves no process, mount, cgroup or image when the test run is killed', async () => {
    await startRun();
    run!.kill('SIGKILL');
    await waitFor('the cluster to end', () => JSON.stringify(traces()) === JSON.stringify(nothing));
  });
});
