import type { Collector } from '../diagnostics/collector.ts';
import type { Pipeline } from '../ir/pipeline.ts';
import type { Profile } from '../ir/profile.ts';
import type { Task, VolumeMount } from '../ir/task.ts';
import { isDnsLabel } from '../units/dns-name.ts';
import { quoted } from '../units/parsed.ts';
import { mountPathProblem, relativePathProblem } from '../units/path.ts';

/** Volumes have names and sources of their own, and are mounted at clean paths of their own. */
export function checkVolumes(pipeline: Pipeline, _profile: Profile, diagnostics: Collector): void {
  for (const task of pipeline.tasks) {
    for (const mount of task.container.volumes) checkPaths(task, mount, diagnostics);
    checkOthers(task, diagnostics);
    checkNames(task, diagnostics);
    checkMountPaths(task, diagnostics);
  }
}

function checkPaths(task: Task, { volume, source, mountPath, subPath }: VolumeMount, diagnostics: Collector): void {
  reportPath(task, `the mount path of "${volume}"`, mountPath, mountPathProblem(mountPath), diagnostics);
  if (subPath !== undefined) {
    reportPath(task, `the sub path of "${volume}"`, subPath, relativePathProblem(subPath), diagnostics);
  }
  if (source.kind === 'hostPath' && !source.path.startsWith('/')) {
    reportPath(
      task,
      `the host path of "${volume}"`,
      source.path,
      'is not absolute: it has to start with "/"',
      diagnostics,
    );
  }
  if (source.kind === 'configMap' || source.kind === 'secret') {
    for (const { path } of source.items ?? []) {
      reportPath(task, `the file in "${volume}"`, path, relativePathProblem(path), diagnostics);
    }
  }
}

function checkOthers(task: Task, diagnostics: Collector): void {
  const { workingDir } = task.container;
  if (workingDir !== undefined && !workingDir.startsWith('/')) {
    reportPath(task, '`workingDir`', workingDir, 'is not absolute: it has to start with "/"', diagnostics);
  }
  for (const output of task.outputs) {
    if (output.kind === 'file') {
      reportPath(
        task,
        `the path of output "${output.name}"`,
        output.path,
        relativePathProblem(output.path),
        diagnostics,
      );
    } else if (output.kind === 's3') {
      reportPath(task, `the path of output "${output.name}"`, output.path, mountPathProblem(output.path), diagnostics);
    }
  }
}

function reportPath(
  task: Task,
  field: string,
  path: string,
  problem: string | undefined,
  diagnostics: Collector,
): void {
  if (problem === undefined) return;
  diagnostics.report('PL079', { field, path: quoted(path), problem }, { origin: task.origin });
}

function checkNames(task: Task, diagnostics: Collector): void {
  const sources = new Map<string, string>();
  for (const { volume, source } of task.container.volumes) {
    if (!isDnsLabel(volume)) {
      diagnostics.report('PL021', { what: 'the volume', name: volume, kind: 'label' }, { origin: task.origin });
    }
    const text = JSON.stringify(source);
    const before = sources.get(volume);
    if (before === undefined) sources.set(volume, text);
    else if (before !== text) diagnostics.report('PL081', { name: volume }, { origin: task.origin });
  }
}

function checkMountPaths(task: Task, diagnostics: Collector): void {
  const first = new Map<string, string>();
  for (const { volume, mountPath } of task.container.volumes) {
    const place = { origin: task.origin };
    const before = first.get(mountPath);
    if (before === undefined) first.set(mountPath, volume);
    else diagnostics.report('PL080', { path: mountPath, first: before, second: volume }, place);
    const own = /^\/podloom(?:\/|$)/.test(mountPath) || (mountPath === '/dev/shm' && task.shm !== undefined);
    if (own) diagnostics.report('PL082', { path: mountPath }, place);
  }
}
