import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Origin } from '../../src/diagnostics/location.ts';
import type { Bundle, BundleFile, TargetName } from '../../src/ir/bundle.ts';
import type { JsonObject } from '../../src/ir/scalar.ts';

/** An empty folder that goes when the test ends. */
export function temporaryFolder(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'podloom-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFiles(folder, files);
  return folder;
}

export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** All files below a folder, by relative path. */
export function readFiles(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return Object.fromEntries(paths.map((path) => [relative(folder, path), readFileSync(path, 'utf8')]));
}

export function modified(path: string): number {
  return statSync(path).mtimeMs;
}

export const origin: Origin = { location: undefined, callers: [], path: 'test' };

export function configMap(name: string, data: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data };
}

export function file(path: string, objects: readonly JsonObject[], gitops = true): BundleFile {
  return { path, gitops, manifests: objects.map((object) => ({ object, origin })) };
}

export function bundle(pipeline: string, files: readonly BundleFile[], target: TargetName = 'argo'): Bundle {
  return { target, pipeline, files };
}
