/** MQTT 3.1.1 §4.7: topic names, topic filters, and which matches which. */

/** Most levels of a topic or filter. Aedes refuses more (100, the mount included); beyond it a client is not served. */
export const MAX_TOPIC_LEVELS = 99;

const SLASH = 47;
const PLUS = 43;
const HASH = 35;

/** Number of levels of a topic or filter: `a` has one, `a/` two. */
export function levelCount(topic: string): number {
  let levels = 1;
  for (let i = 0; i < topic.length; i++) if (topic.charCodeAt(i) === SLASH) levels++;
  return levels;
}

/** The topic's n-th level, from 1; null when it has fewer. */
export function topicLevel(topic: string, n: number): string | null {
  return topic.split('/')[n - 1] ?? null;
}

/** Whether the text may stand as a filter: wildcards fill whole levels, `#` only the last [MQTT-4.7.1-2], [MQTT-4.7.1-3]. */
export function isTopicFilter(text: string): boolean {
  if (text === '' || text.includes('\u0000')) return false;
  const levels = text.split('/');
  return levels.every((level, i) => {
    if (level === '#') return i === levels.length - 1;
    return level === '+' || !(level.includes('+') || level.includes('#'));
  });
}

/**
 * Whether a topic name matches a filter [MQTT-4.7.1-1], [MQTT-4.7.2-1]. Walks both texts without splitting them.
 */
export function matchesFilter(filter: string, topic: string): boolean {
  if (topic.charCodeAt(0) === 36 && filter.charCodeAt(0) !== 36) {
    // A wildcard in front never matches `$…` [MQTT-4.7.2-1]; no other filter without `$` could.
    return false;
  }
  let f = 0;
  let t = 0;
  while (true) {
    if (filter.charCodeAt(f) === HASH) return true;
    if (filter.charCodeAt(f) === PLUS) {
      f += 1;
      while (t < topic.length && topic.charCodeAt(t) !== SLASH) t++;
    } else {
      while (f < filter.length && filter.charCodeAt(f) !== SLASH) {
        if (filter.charCodeAt(f) !== topic.charCodeAt(t)) return false;
        f++;
        t++;
      }
    }
    const topicEnds = t >= topic.length;
    if (!topicEnds && topic.charCodeAt(t) !== SLASH) return false;
    if (f >= filter.length) return topicEnds;
    // The filter goes on. `a/#` matches `a` as well (§4.7.1.2).
    if (topicEnds) return filter.length === f + 2 && filter.charCodeAt(f + 1) === HASH;
    f++;
    t++;
  }
}

/** Whether every topic that `filter` matches is matched by `limit` as well. */
export function coversFilter(limit: string, filter: string): boolean {
  if (filter.startsWith('$') && !limit.startsWith('$')) return false;
  const bounds = limit.split('/');
  const levels = filter.split('/');
  for (let i = 0; i < Math.max(bounds.length, levels.length); i++) {
    const bound = bounds[i];
    const level = levels[i];
    // `a/#` takes in `a` itself, so this also holds where the filter has ended.
    if (bound === '#') return true;
    if (bound === undefined || level === undefined || level === '#') return false;
    if (bound !== '+' && bound !== level) return false;
  }
  return true;
}

/** Whether some topic `prefix/TYPE`, TYPE of any levels, matches the filter. `prefix` holds no wildcard. */
export function mayMatchBelow(filter: string, prefix: string): boolean {
  const bounds = prefix.split('/');
  const levels = filter.split('/');
  for (let i = 0; i < bounds.length; i++) {
    if (levels[i] === '#') return true;
    if (levels[i] !== '+' && levels[i] !== bounds[i]) return false;
  }
  return levels.length > bounds.length;
}
