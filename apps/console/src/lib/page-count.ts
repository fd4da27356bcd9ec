/** Pages that a list has loaded, each a request when it is asked again; 1 for any other answer, or none. */
export function pageCount(data: unknown): number {
  const isList = typeof data === 'object' && data !== null && 'pages' in data;
  return isList && Array.isArray(data.pages) ? Math.max(1, data.pages.length) : 1;
}
