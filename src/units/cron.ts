import { bad, good, type Parsed, quoted } from './parsed.ts';

/** When a schedule fires: for each field the values that match, sorted and unique. Days of the week from 0, Sunday. */
export interface CronSchedule {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly daysOfMonth: readonly number[];
  readonly months: readonly number[];
  readonly daysOfWeek: readonly number[];
}

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}
const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const fields = [
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day of the month', min: 1, max: 31 },
  { name: 'month', min: 1, max: 12, names: monthNames },
  { name: 'day of the week', min: 0, max: 6, names: dayNames },
] as const satisfies readonly Field[];
const macros: { readonly [name: string]: string } = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};
/** February has 29 days once in four years. */
const longestMonths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const WRITE = 'Write five fields: minute, hour, day of the month, month, day of the week, for example "30 2 * * 1-5".';

/**
 * Parses what the standard parser of github.com/robfig/cron v3 takes, which Kubernetes and Argo use: five fields or a
 * macro such as `@daily`. Refused although that parser takes them: `@every` (it counts from when the controller started),
 * `TZ=` (there is a field for it), and a schedule that never fires.
 */
export function parseCron(text: string): Parsed<CronSchedule> {
  if (/^(?:CRON_)?TZ=/.test(text)) return bad('has a time zone in it', 'Put the time zone into `timeZone`.');
  if (text.startsWith('@every')) return bad('is not five fields', 'Write "*/10 * * * *" for every ten minutes.');
  if (text.startsWith('@') && !Object.hasOwn(macros, text)) {
    return bad('is not a known macro', `Macros are ${Object.keys(macros).join(', ')}.`);
  }
  const parts = (macros[text] ?? text).split(/\s+/).filter((part) => part !== '');
  if (parts.length !== 5)
    return bad(`has ${parts.length} field${parts.length === 1 ? '' : 's'} instead of five`, WRITE);
  const values: number[][] = [];
  for (const [index, field] of fields.entries()) {
    const parsed = parseField(parts[index] as string, field);
    if (!parsed.ok) return parsed;
    values.push(parsed.value);
  }
  const [minutes, hours, daysOfMonth, months, daysOfWeek] = values as [
    number[],
    number[],
    number[],
    number[],
    number[],
  ];
  const anyWeekday = isStar(parts[4] as string);
  if (anyWeekday && !months.some((month) => daysOfMonth.some((day) => day <= (longestMonths[month - 1] as number)))) {
    return bad('never fires: no month that it names has such a day');
  }
  return good({ minutes, hours, daysOfMonth, months, daysOfWeek });
}

/** The same schedule with one space between its fields and numbers for the names of months and days. Macros stay as they are. */
export function numericCron(text: string): string {
  const parts = text.split(/\s+/).filter((part) => part !== '');
  return parts.map((part, index) => part.replace(/[a-z]+/gi, (name) => numberOf(name, fields[index]))).join(' ');
}

function numberOf(name: string, field: Field | undefined): string {
  const at = field?.names?.indexOf(name.toLowerCase()) ?? -1;
  return field === undefined || at < 0 ? name : String(at + field.min);
}

/** With a star for one of the two fields of days the other decides alone; else either may match. */
function isStar(part: string): boolean {
  return part.split(',').some((piece) => /^[*?](?:\/1)?$/.test(piece));
}

function parseField(part: string, field: Field): Parsed<number[]> {
  const values = new Set<number>();
  for (const piece of part.split(',')) {
    const [range = '', stepText, ...more] = piece.split('/');
    const bounds = parseRange(range, stepText !== undefined, field);
    if (!bounds.ok) return bounds;
    const step = stepText === undefined ? 1 : parseNumber(stepText);
    if (more.length > 0 || step === undefined)
      return bad(`has ${quoted(piece)} as ${field.name}, which is not a range and a step`, WRITE);
    if (step === 0) return bad(`has a step of 0 as ${field.name}`, 'A step is at least 1.');
    for (let value = bounds.value[0]; value <= bounds.value[1]; value += step) values.add(value);
  }
  return good([...values].sort((a, b) => a - b));
}

function parseRange(range: string, hasStep: boolean, field: Field): Parsed<readonly [number, number]> {
  if (range === '*' || range === '?') return good([field.min, field.max]);
  const [from = '', to, ...more] = range.split('-');
  const low = parseValue(from, field);
  const high = to === undefined ? (hasStep ? field.max : low) : parseValue(to, field);
  if (low === undefined || high === undefined || more.length > 0)
    return bad(`has ${quoted(range)} as ${field.name}`, WRITE);
  for (const value of [low, high]) {
    if (value >= field.min && value <= field.max) continue;
    const hint = field.max === 6 && value === 7 ? 'Sunday is 0.' : undefined;
    return bad(`has ${value} as ${field.name}: it goes from ${field.min} to ${field.max}`, hint);
  }
  if (low > high) return bad(`has the range ${quoted(range)} as ${field.name}, which ends before it starts`);
  return good([low, high]);
}

function parseValue(text: string, field: Field): number | undefined {
  const named = field.names?.indexOf(text.toLowerCase()) ?? -1;
  return named >= 0 ? named + field.min : parseNumber(text);
}

function parseNumber(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
