/**
 * Makes `build/schemas` from the npm packages kubernetes-models: strict JSON schemas for kubeconform (`json/`), and ajv
 * validators for the compiler, one module for each API group. Does nothing when it is up to date.
 *
 *   node scripts/build-schemas.mjs
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { versionedFields } from '../src/validate/since.ts';
import { loadDefinitions, PACKAGES, packageFolder, referencesOf } from './lib/schemas/definitions.mjs';
import { KINDS, schemaFileName } from './lib/schemas/kinds.mjs';
import { versionPaths } from './lib/schemas/versions.mjs';
import { contentHash, isUpToDate, makeFolder } from './lib/stamp.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDER = join(ROOT, 'build/schemas');

/**
 * @param {{ log?: (line: string) => void }} [options]
 * @returns {Promise<boolean>} whether anything was made
 */
export async function buildSchemas({ log = () => {} } = {}) {
  const stamp = schemasStamp();
  if (isUpToDate(FOLDER, stamp)) return false;
  const started = performance.now();
  const definitions = loadDefinitions(KINDS.map(({ definition }) => definition));
  await makeFolder(FOLDER, stamp, async (folder) => {
    writeIndex(folder, definitions);
    writeJson(folder, definitions);
    await writeValidators(folder, definitions);
  });
  log(
    `schemas: ${KINDS.length} kinds, ${definitions.size} definitions, ${((performance.now() - started) / 1000).toFixed(1)} s`,
  );
  return true;
}

function schemasStamp() {
  const sources = [fileURLToPath(import.meta.url), join(ROOT, 'src/validate/since.ts')];
  const folder = join(ROOT, 'scripts/lib/schemas');
  for (const file of readdirSync(folder).sort()) sources.push(join(folder, file));
  const versions = [...PACKAGES, 'ajv'].map(
    (name) => JSON.parse(readFileSync(join(packageFolder(name), 'package.json'), 'utf8')).version,
  );
  return contentHash([...versions, ...sources.map((file) => readFileSync(file, 'utf8'))]);
}

function writeIndex(folder, definitions) {
  const kinds = Object.fromEntries(
    KINDS.map(({ apiVersion, kind, definition, module }) => [`${apiVersion} ${kind}`, { module, definition }]),
  );
  const paths = versionPaths(definitions, versionedFields);
  writeFileSync(
    join(folder, 'index.mjs'),
    `export const kinds = ${JSON.stringify(kinds)};\nexport const versionPaths = ${JSON.stringify(paths)};\n`,
  );
}

/** One self-contained file for each kind, named as kubeconform looks for it. */
function writeJson(folder, definitions) {
  mkdirSync(join(folder, 'json'));
  for (const kind of KINDS) {
    const reached = {};
    const reach = (name) => {
      if (name in reached) return;
      reached[name] = definitions.get(name);
      referencesOf(reached[name]).forEach(reach);
    };
    reach(kind.definition);
    const schema = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      $ref: `#/definitions/${kind.definition}`,
      definitions: reached,
    };
    writeFileSync(join(folder, 'json', schemaFileName(kind)), `${JSON.stringify(schema)}\n`);
  }
}

async function writeValidators(folder, definitions) {
  const { default: Ajv } = await import('ajv');
  const { default: standaloneCode } = await import('ajv/dist/standalone/index.js');
  const schema = { $id: 'all', definitions: Object.fromEntries(definitions) };
  for (const module of new Set(KINDS.map((kind) => kind.module))) {
    const ajv = new Ajv.default({
      allErrors: true,
      allowUnionTypes: true,
      inlineRefs: false,
      messages: false,
      code: { source: true, esm: true, lines: false },
    });
    ajv.addSchema(schema);
    const exported = Object.fromEntries(
      KINDS.filter((kind) => kind.module === module).map(({ definition }) => [
        definition,
        `all#/definitions/${definition}`,
      ]),
    );
    const code = standaloneCode.default(ajv, exported);
    if (/\brequire\(|\bimport\b/.test(code))
      throw new Error(`the validators of ${module} need a module of ajv's at run time`);
    writeFileSync(join(folder, `${module}.mjs`), code);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildSchemas({ log: console.log });
