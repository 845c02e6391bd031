import { bad, good, type Parsed } from './parsed.ts';
import { suggest } from './suggest.ts';
import { timeZoneNames } from './time-zone-names.ts';

/**
 * An IANA time zone in its exact spelling. Go looks zones up in files, so their case matters; `Local` and the empty name,
 * which Go knows, are refused by Kubernetes (batch validation, v1.33), because they mean whatever the controller has.
 */
export function parseTimeZone(text: string): Parsed<string> {
  const names = timeZoneNames();
  if (names.has(text)) return good(text);
  const similar = suggest(text, names);
  return bad(
    'is not a name in the IANA time zone database',
    similar === undefined ? 'Write a name such as "Europe/Berlin" or "Etc/UTC".' : `Did you mean "${similar}"?`,
  );
}
