import { expect, test } from 'vitest';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { renderGithub } from '../../src/diagnostics/render/github.ts';
import { renderHuman } from '../../src/diagnostics/render/human.ts';
import { renderJson } from '../../src/diagnostics/render/json.ts';
import { renderSarif } from '../../src/diagnostics/render/sarif.ts';

const location = { file: '/p/pipelines/a b,c.ts', line: 2, column: 4 };
const one: Diagnostic = {
  code: 'PL008',
  severity: 'error',
  message: '50% of\r\n\u001b[31mit: a,b',
  help: 'mend it',
  location,
  notes: [{ message: 'called from here', location: { file: '/q/x.ts', line: 1, column: 1 } }],
};
const bare: Diagnostic = { code: 'PL001', severity: 'warning', message: 'm', help: 'h', subject: 'a/b', notes: [] };

test('terminal: tabs, wide characters and control characters keep the caret in its place', () => {
  const readFile = () => 'first\n\t字\u0007x\nlast\n';
  expect(renderHuman([one, bare], { root: '/p', readFile })).toBe(`pipelines/a b,c.ts:2:4 error PL008: 50% of
  \\u001b[31mit: a,b
    1 | first
  > 2 |     字\\u0007x
      |             ^
    3 | last
  help: mend it
  note: called from here (/q/x.ts:1:1)

a/b warning PL001: m
  help: h

1 error, 1 warning
`);
  expect(renderHuman([], { root: '/p' })).toBe('');
  expect(renderHuman([bare], { root: '/p', color: true })).toContain('\u001b[');
});

test('terminal: a long line is cut around the place', () => {
  const text = `${'a'.repeat(500)}!${'b'.repeat(500)}`;
  const printed = renderHuman([{ ...one, location: { ...location, line: 1, column: 501 } }], {
    root: '/p',
    readFile: () => text,
  });
  const [line = '', caret = ''] = printed.split('\n').slice(2, 4);
  expect(line.length).toBeLessThan(115);
  expect(line.indexOf('!')).toBe(caret.indexOf('^'));
});

test('GitHub: escapes of messages and of properties', () => {
  expect(renderGithub([one, bare], { root: '/p' })).toBe(
    '::error file=pipelines/a b%2Cc.ts,line=2,col=4,title=PL008 Error in the code of a pipeline::50%25 of%0A\\u001b[31mit: a,b%0Ahelp: mend it%0Anote: called from here (/q/x.ts:1:1)\n' +
      '::warning title=PL001 Pipeline file not found::a/b: m%0Ahelp: h\n',
  );
});

test('JSON and SARIF', () => {
  expect(JSON.parse(renderJson([one, bare], { root: '/p' }))).toMatchObject({
    version: 1,
    errors: 1,
    warnings: 1,
    diagnostics: [{ code: 'PL008', location: { file: 'pipelines/a b,c.ts', line: 2, column: 4 } }, { subject: 'a/b' }],
  });
  const [run] = (
    JSON.parse(renderSarif([one, bare], { root: '/p', version: '1.2.3' })) as {
      runs: [
        {
          tool: { driver: { rules: { id: string }[] } };
          results: { ruleId: string; ruleIndex: number; locations: unknown }[];
        },
      ];
    }
  ).runs;
  expect(run.results.map(({ ruleIndex }) => run.tool.driver.rules[ruleIndex]?.id)).toEqual(['PL008', 'PL001']);
  expect(run.results[0]?.locations).toEqual([
    {
      physicalLocation: {
        artifactLocation: { uri: 'pipelines/a%20b%2Cc.ts', uriBaseId: '%SRCROOT%' },
        region: { startLine: 2, startColumn: 4 },
      },
    },
  ]);
});
