/**
 * Makes `build/report` from src/report/client: the script and the style of the page of a report, each in one file, small and
 * without anything that would end the element that it stands in. Does nothing when it is up to date.
 *
 *   node scripts/build-report.mjs
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { contentHash, isUpToDate, makeFolder } from './lib/stamp.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CLIENT = join(ROOT, 'src/report/client');
const FOLDER = join(ROOT, 'build/report');

/** @returns {Promise<boolean>} whether anything was made */
export async function buildReport() {
  const stamp = reportStamp();
  if (isUpToDate(FOLDER, stamp)) return false;
  await makeFolder(FOLDER, stamp, async (folder) => {
    const script = await bundle();
    const style = minifyStyle(readFileSync(join(CLIENT, 'style.css'), 'utf8'));
    for (const [name, text] of [
      ['client.js', script],
      ['client.css', style],
    ]) {
      if (/<\/|<!--/.test(text)) throw new Error(`${name} would end its element in the page`);
      writeFileSync(join(folder, name), text);
    }
  });
  return true;
}

/** What the script is made of may lie anywhere in src/report, and its words in src/runner. */
function reportStamp() {
  const sources = [fileURLToPath(import.meta.url)];
  for (const folder of [CLIENT, join(ROOT, 'src/report')]) {
    for (const file of readdirSync(folder).sort()) if (/\.(?:ts|css)$/.test(file)) sources.push(join(folder, file));
  }
  return contentHash(sources.map((file) => readFileSync(file, 'utf8')));
}

async function bundle() {
  const { rolldown } = await import('rolldown');
  const build = await rolldown({
    cwd: ROOT,
    input: join(CLIENT, 'main.ts'),
    platform: 'browser',
    onLog(level, log) {
      throw new Error(`${level}: ${log.message}`);
    },
  });
  const { output } = await build.generate({ format: 'iife', minify: true });
  await build.close();
  if (output.length !== 1) throw new Error('the script of the report is more than one file');
  return output[0].code;
}

/** Without comments and line breaks. No string in it has either. */
function minifyStyle(text) {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,]) ?/g, '$1')
    .trim();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildReport();
