/** The step named by the extension attributes of a workflow event. */
export function stepOf(extensions: string): string | null {
  const { step } = JSON.parse(extensions) as { step?: unknown };
  return typeof step === 'string' ? step : null;
}

/** What `{ message }` or `{ reason }` says; null for other data. */
export function messageOf(json: string): string | null {
  const value: unknown = JSON.parse(json);
  if (typeof value !== 'object' || value === null) return null;
  const { message, reason } = value as { message?: unknown; reason?: unknown };
  if (typeof message === 'string') return message;
  return typeof reason === 'string' ? reason : null;
}

export function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}
