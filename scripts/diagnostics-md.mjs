// Writes DIAGNOSTICS.md from the catalogue and from what the examples print (test/diagnostics/expected).
// With --check it writes nothing and exits with 1 when the file is not up to date. Needs Node 22.18 or later.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { catalogue } from '../src/diagnostics/catalogue.ts';

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const codes = Object.keys(catalogue).sort();
const target = path('DIAGNOSTICS.md');
const text = document();

if (!process.argv.includes('--check')) writeFileSync(target, text);
else if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
  console.error('DIAGNOSTICS.md is not up to date: run `node scripts/diagnostics-md.mjs`');
  process.exitCode = 1;
}

function document() {
  const rows = codes.map((code) => {
    const { severity, title } = catalogue[code];
    return `| [${code}](#${code.toLowerCase()}) | ${severity} | ${title.replaceAll('|', '\\|')} |`;
  });
  return (
    [
      '# Diagnostics',
      'Everything that podloom can say about a pipeline. `podloom explain PL001` prints one of these in the terminal.\n' +
        'This file is generated from the catalogue; `scripts/diagnostics-md.mjs` writes it.',
      ['| code | severity | |', '|---|---|---|', ...rows].join('\n'),
      ...codes.map(section),
    ].join('\n\n') + '\n'
  );
}

function section(code) {
  const { severity, title, explanation, example } = catalogue[code];
  const expected = path(`test/diagnostics/expected/${code}.txt`);
  const printed = existsSync(expected) ? readFileSync(expected, 'utf8').trimEnd() : '';
  return [
    `## ${code}`,
    `**${title}** (${severity})`,
    explanation.trim(),
    ...exampleBlocks(example),
    ...(printed === '' ? [] : ['prints', fence(printed, 'text')]),
  ].join('\n\n');
}

function exampleBlocks(example) {
  if (typeof example === 'string') return [fence(example.trimEnd(), 'ts')];
  const files = Object.entries(example.files).flatMap(([name, content]) => [
    `\`${name}\``,
    fence(content.length > 2000 ? `${content.slice(0, 2000)}…` : content.trimEnd(), name.split('.').at(-1) ?? ''),
  ]);
  return [...files, ...(example.args === undefined ? [] : [fence(`podloom ${example.args.join(' ')}`, 'sh')])];
}

/** A code block whose fence is longer than any in the text. */
function fence(content, language) {
  const longest = Math.max(2, ...[...content.matchAll(/^`{3,}/gm)].map(([run]) => run.length));
  const bar = '`'.repeat(longest + 1);
  return `${bar}${language}\n${content}\n${bar}`;
}
