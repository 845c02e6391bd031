import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ExecutorLines } from '../../../src/runner/argo/executor-lines.ts';

const EXITED = 'time="2026-01-01T10:00:00.275Z" level=info msg="sub-process exited" argo=true error="<nil>"\n';
const SAVED =
  'time="2026-01-01T10:00:00.276Z" level=info msg="no need to save parameter - on overlapping volume: /podloom/outputs/answer" argo=true\n';
const EXITED_4 = 'time=2026-01-01T10:00:00.275Z level=INFO msg="sub-process exited" error="exit status 3"\n';

async function kept(text: string, chunk = text.length): Promise<string> {
  const pieces: Buffer[] = [];
  const lines = new ExecutorLines({ write: async (bytes) => void pieces.push(Buffer.from(bytes)) });
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += Math.max(1, chunk)) {
    await lines.write(bytes.subarray(start, start + Math.max(1, chunk)));
  }
  await lines.finish();
  return Buffer.concat(pieces).toString();
}

test.each([
  ['after whole lines', `first\n${EXITED}${SAVED}`, 'first\n'],
  ['right behind a line without its end', `first\nno newline${EXITED}${SAVED}`, 'first\nno newline'],
  [
    'with its exit code, between lines of the other stream',
    `to stderr\n${EXITED}item\nError: exit status 3\n`,
    'to stderr\nitem\n',
  ],
  ['of Argo 4', `a\n${EXITED_4}Error: exit status 3\n`, 'a\n'],
  ['and nothing else', EXITED, ''],
])('lines of the executor go: %s', async (_, text, wanted) => {
  for (const chunk of [1, 7, 4096]) expect(await kept(text, chunk)).toBe(wanted);
});

test.each([
  'Error: exit status 3\n',
  'time="2026-01-01T00:00:00.000Z" level=info msg=mine\n',
  'argo=true\n',
  'time="2026-01-01T10:00:00.275Z" level=info msg="sub-process exited" and more',
  `${'x'.repeat(20_000)} time=\n`,
])('what the program prints stays: %j', async (text) => {
  expect(await kept(text, 11)).toBe(text);
});

test('any text is passed on as it is, however it is cut', async () => {
  const line = fc.oneof(fc.string(), fc.constantFrom('time="', 'Error: exit status 1', 'x'.repeat(9000), 'argo=true'));
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.integer({ min: 1, max: 5000 }), async (lines, chunk) => {
      const text = lines.join('\n');
      expect(await kept(text, chunk)).toBe(text);
      const own = text === '' || text.endsWith('\n') ? text : `${text}\n`;
      expect(await kept(own + EXITED, chunk)).toBe(own);
    }),
  );
});
