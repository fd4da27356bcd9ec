import { expect, test } from 'vitest';
import type { RouteAnswer, RouteRequest } from './sandbox-port.ts';
import { SuspectGate } from './suspect-gate.ts';
import { InlineSandbox } from './testing/inline-sandbox.ts';

/** Answers when it is told to. */
class SlowSandbox extends InlineSandbox {
  readonly inside = new Map<string, () => void>();

  override route(request: RouteRequest): Promise<RouteAnswer> {
    return new Promise((resolve) => {
      this.inside.set(request.eventId, () => {
        this.inside.delete(request.eventId);
        resolve({ ok: true, key: request.eventId } as RouteAnswer);
      });
    });
  }
}

const settled = () => new Promise<void>((resolve) => void setImmediate(resolve));

test('suspects are alone in the sandbox, and leave the others their turn', async () => {
  const sandbox = new SlowSandbox({});
  const noted: string[] = [];
  const gate = new SuspectGate(sandbox, async ({ eventId }) => void noted.push(eventId));
  const ask = (saga: string, eventId: string) =>
    gate.route({ release: 'r', saga, tenant: '', eventId } as RouteRequest);
  const suspects = ['s1', 's2', 's3'];
  for (const [seq, eventId] of suspects.entries())
    gate.suspect({ saga: 'slow', tenant: '', eventId, seq, count: 3 });
  const asked = [...suspects.map((id) => ask('slow', id)), ask('swift', 'o1'), ask('swift', 'o2')];
  const turns: string[][] = [];
  while (turns.length < 6) {
    await settled();
    const inside = [...sandbox.inside.keys()];
    if (inside.length === 0) break;
    turns.push(inside);
    if (turns.length === 1) asked.push(ask('swift', 'o3'));
    for (const answer of sandbox.inside.values()) answer();
  }
  expect(turns).toEqual([['s1'], ['o1', 'o2', 'o3'], ['s2'], ['s3']]);
  await Promise.all(asked);
  expect(noted).toEqual(suspects);
});
