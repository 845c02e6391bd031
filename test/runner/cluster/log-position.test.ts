import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogPosition } from '../../../src/runner/cluster/log-position.ts';

interface Line {
  /** Nanoseconds since a whole second. */
  readonly time: number;
  readonly text: string;
}

const SECOND = 1e9;

function stampOf(time: number): string {
  const second = new Date(Date.UTC(2026, 0, 1) + Math.floor(time / SECOND) * 1000).toISOString().slice(0, 19);
  const fraction = String(time % SECOND)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${second}${fraction === '' ? '' : `.${fraction}`}Z`;
}

/** What the kubelet answers with `timestamps=true&sinceTime=…`: it compares whole seconds, as `sinceTime` is parsed. */
function serve(lines: readonly Line[], since: string | undefined, rotatedBefore = 0): Buffer {
  const from = since === undefined ? 0 : Math.floor((Date.parse(since) - Date.UTC(2026, 0, 1)) / 1000) * SECOND;
  const shown = lines.slice(rotatedBefore).filter(({ time }) => time >= from);
  return Buffer.from(shown.map(({ time, text }) => `${stampOf(time)} ${text}`).join(''));
}

const steps = fc.constantFrom(0, 0, 0, 1, 500, 999_999_999, SECOND, 3 * SECOND);
const texts = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom('', 'x'.repeat(200), '2026-01-01T00:00:00Z no stamp'),
);
const logs = fc
  .array(fc.tuple(steps, texts), { maxLength: 30 })
  .chain((parts) => fc.tuple(fc.constant(parts), fc.boolean()))
  .map(([parts, endsWithNewline]) => {
    let time = 0;
    return parts.map(([step, text], index): Line => {
      time += step;
      const newline = index < parts.length - 1 || endsWithNewline ? '\n' : '';
      return { time, text: text.replaceAll('\n', '') + newline };
    });
  });

function read(position: LogPosition, bytes: Buffer, chunk: number): Buffer {
  position.restart();
  const pieces: Buffer[] = [];
  for (let start = 0; start < bytes.length; start += chunk) {
    pieces.push(Buffer.from(position.take(bytes.subarray(start, start + chunk))));
  }
  position.end();
  return Buffer.concat(pieces);
}

describe('the position in a log', () => {
  it('gives each byte of the program once, however often the connection is cut, and wherever', () => {
    fc.assert(
      fc.property(
        logs,
        fc.array(fc.nat({ max: 400 }), { maxLength: 6 }),
        fc.integer({ min: 1, max: 70 }),
        (lines, cuts, chunk) => {
          const position = new LogPosition();
          const got: Buffer[] = [];
          for (const cut of cuts) {
            const served = serve(lines, position.since);
            got.push(read(position, served.subarray(0, cut), chunk));
            // A reading that was cut anywhere but between two lines shows it, whether anybody says so or not.
            const isBetween = cut === 0 || cut >= served.length || served[cut - 1] === 0x0a;
            if (!isBetween) expect(position.endedShort || position.isInLine).toBe(true);
          }
          got.push(read(position, serve(lines, position.since), chunk));
          expect(Buffer.concat(got).toString()).toBe(lines.map(({ text }) => text).join(''));
          expect([position.hasGap, position.endedShort]).toEqual([false, false]);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('goes on while the log grows, and reads nothing twice', () => {
    fc.assert(
      fc.property(logs, fc.array(fc.nat({ max: 30 }), { maxLength: 5 }), (lines, counts) => {
        const position = new LogPosition();
        const whole = lines.map((line) => ({ ...line, text: line.text.endsWith('\n') ? line.text : `${line.text}\n` }));
        let had = 0;
        let text = '';
        for (const count of [...counts, whole.length]) {
          had = Math.min(whole.length, Math.max(had, count));
          text += read(position, serve(whole.slice(0, had), position.since), 16).toString();
        }
        expect(text).toBe(whole.map((line) => line.text).join(''));
      }),
      { numRuns: 1000 },
    );
  });

  it('says so when the node began a new file and lines between two readings are not there', () => {
    const lines = [1, 2, 3, 4].map((second) => ({ time: second * SECOND, text: `line ${second}\n` }));
    const position = new LogPosition();
    expect(read(position, serve(lines.slice(0, 2), undefined), 100).toString()).toBe('line 1\nline 2\n');
    expect(read(position, serve(lines, position.since, 3), 100).toString()).toBe('line 4\n');
    expect(position.hasGap).toBe(true);
  });

  it('takes a line without a time as it is', () => {
    const position = new LogPosition();
    const bytes = Buffer.from(`${'no time at all, and longer than one could be'}\n2026-01-01T00:00:01Z next\n`);
    expect(read(position, bytes, 1000).toString()).toBe('no time at all, and longer than one could be\nnext\n');
  });

  it('reads a line of megabytes without keeping it', () => {
    const line = Buffer.from(`2026-01-01T00:00:01Z ${'x'.repeat(5_000_000)}\n`);
    const position = new LogPosition();
    expect(read(position, line.subarray(0, 3_000_000), 65_536).length).toBe(3_000_000 - 21);
    expect(read(position, line, 65_536).length).toBe(2_000_000 + 22);
  });
});
