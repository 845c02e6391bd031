import { expect, test } from 'vitest';
import { parseTimeZone } from '../../src/units/time-zone.ts';
import { timeZoneNames } from '../../src/units/time-zone-names.ts';

test.each(['Europe/Berlin', 'Etc/UTC', 'UTC', 'Asia/Calcutta', 'Asia/Kolkata', 'America/Argentina/Buenos_Aires'])(
  '%s',
  (name) => {
    expect(parseTimeZone(name)).toEqual({ ok: true, value: name });
  },
);

test.each([
  ['europe/berlin', 'Did you mean "Europe/Berlin"?'],
  ['Europe/Berln', 'Did you mean "Europe/Berlin"?'],
  ['+01:00', 'Write a name such as "Europe/Berlin" or "Etc/UTC".'],
  ['Local', 'Write a name such as "Europe/Berlin" or "Etc/UTC".'],
  ['', 'Write a name such as "Europe/Berlin" or "Etc/UTC".'],
])('refuses %j', (name, hint) => {
  expect(parseTimeZone(name)).toEqual({ ok: false, problem: 'is not a name in the IANA time zone database', hint });
});

test('this Node knows every name of the list', () => {
  for (const timeZone of timeZoneNames())
    expect(() => new Intl.DateTimeFormat('en', { timeZone }), timeZone).not.toThrow();
});
