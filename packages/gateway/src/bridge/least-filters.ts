import { coversFilter } from '../mqtt/topic-filter.ts';

/**
 * The filters, less those that others of them cover, in order: a broker may deliver a message once for each
 * subscription that matches it (MQTT 3.1.1 §3.3.5).
 */
export function leastFilters(filters: Iterable<string>): readonly string[] {
  const distinct = [...new Set(filters)];
  return distinct
    .filter((one) => !distinct.some((other) => other !== one && coversFilter(other, one)))
    .toSorted();
}
