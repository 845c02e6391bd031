import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { numericCron, parseCron } from '../../src/units/cron.ts';

const write = 'Write five fields: minute, hour, day of the month, month, day of the week, for example "30 2 * * 1-5".';

describe('parseCron', () => {
  test('ranges, steps, lists and names', () => {
    expect(parseCron('5-20/5,59 2 */10 jan,JUN mon-fri')).toEqual({
      ok: true,
      value: {
        minutes: [5, 10, 15, 20, 59],
        hours: [2],
        daysOfMonth: [1, 11, 21, 31],
        months: [1, 6],
        daysOfWeek: [1, 2, 3, 4, 5],
      },
    });
  });

  test('a step after one number runs to the end', () => {
    const parsed = parseCron('50/4 * * * *');
    expect(parsed.ok && parsed.value.minutes).toEqual([50, 54, 58]);
  });

  test('macros', () => {
    expect(parseCron('@weekly')).toEqual(parseCron('0 0 * * 0'));
  });

  test.each([
    ['* * * *', 'has 4 fields instead of five', write],
    ['', 'has 0 fields instead of five', write],
    ['0 0 * * * *', 'has 6 fields instead of five', write],
    ['60 * * * *', 'has 60 as minute: it goes from 0 to 59'],
    ['* * 0 * *', 'has 0 as day of the month: it goes from 1 to 31'],
    ['0 0 * * 7', 'has 7 as day of the week: it goes from 0 to 6', 'Sunday is 0.'],
    ['0 0 * * 5-1', 'has the range "5-1" as day of the week, which ends before it starts'],
    ['*/0 * * * *', 'has a step of 0 as minute', 'A step is at least 1.'],
    ['*/x * * * *', 'has "*/x" as minute, which is not a range and a step', write],
    ['1,,2 * * * *', 'has "" as minute', write],
    ['a * * * *', 'has "a" as minute', write],
    ['TZ=UTC 0 0 * * *', 'has a time zone in it', 'Put the time zone into `timeZone`.'],
    ['@every 5m', 'is not five fields', 'Write "*/10 * * * *" for every ten minutes.'],
    [
      '@fortnightly',
      'is not a known macro',
      'Macros are @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly.',
    ],
    ['0 0 31 2 *', 'never fires: no month that it names has such a day'],
    ['0 0 31 4,6,9,11 *', 'never fires: no month that it names has such a day'],
  ])('refuses %s', (text, problem, hint?) => {
    expect(parseCron(text)).toEqual({ ok: false, problem, ...(hint === undefined ? {} : { hint }) });
  });

  test('a day that does not exist is fine beside a day of the week, which may match instead', () => {
    expect(parseCron('0 0 31 2 1').ok).toBe(true);
    expect(parseCron('0 0 29 2 *').ok).toBe(true);
  });

  test('never throws and ends', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'0123456789*/,- ?@') }),
        (text) => typeof parseCron(text).ok === 'boolean',
      ),
    );
  });
});

describe('numericCron', () => {
  test.each([
    ['0 3 * * *', '0 3 * * *'],
    [' 0  3 1 JAN-mar,Dec mon-FRI ', '0 3 1 1-3,12 1-5'],
    ['*/5 0-3/2 ? * sun', '*/5 0-3/2 ? * 0'],
    ['@daily', '@daily'],
  ])('%j', (text, expected) => {
    expect(numericCron(text)).toBe(expected);
    expect(parseCron(numericCron(text))).toEqual(parseCron(text));
  });
});
