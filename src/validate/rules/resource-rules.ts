import { compareQuantities, isWholeQuantity, parseQuantity, type QuantityValue } from '../../units/quantity.ts';
import type { Place } from './place.ts';

const STANDARD = /^(?:cpu|memory|ephemeral-storage|hugepages-.+)$/;

/** Requests and limits (ValidateContainerResourceRequirements). What has a domain in its name is counted and never shared. */
export function resourceRules(resources: Place): void {
  const limits = resources.at('limits');
  const requests = resources.at('requests');
  for (const side of [limits, requests]) for (const [name, place] of side.fields) quantityRules(name, place);
  for (const [name, place] of requests.fields) {
    const request = quantityOf(place);
    const limit = quantityOf(limits.at(name));
    if (isCounted(name)) {
      if (!limits.has(name)) place.refuse('has no limit, and what nodes count out needs one');
      else if (request && limit && compareQuantities(request, limit) !== 0) {
        place.refuse(`is ${request.text}, and has to be its limit, ${limit.text}`);
      }
    } else if (request && limit && compareQuantities(request, limit) > 0) {
      place.refuse(`is ${request.text}, above its limit of ${limit.text}`);
    }
  }
}

function isCounted(name: string): boolean {
  return name.includes('/') && !name.startsWith('kubernetes.io/');
}

function quantityRules(name: string, place: Place): void {
  if (!STANDARD.test(name) && !name.includes('/')) {
    place.refuse('is no resource: those of devices have a domain, such as nvidia.com/gpu');
    return;
  }
  const quantity = quantityOf(place);
  if (quantity === undefined) return;
  if (quantity.nanos < 0n) place.refuse(`is ${quantity.text}, which is negative`);
  else if (isCounted(name) && !isWholeQuantity(quantity))
    place.refuse(`is ${quantity.text}, and nodes give out whole ones`);
}

/** What is no quantity is a matter of the schema. */
function quantityOf(place: Place): QuantityValue | undefined {
  const value = place.number ?? place.text;
  const parsed = value === undefined ? undefined : parseQuantity(value);
  return parsed?.ok ? parsed.value : undefined;
}
