/**
 * The story of a run as lanes over time: what was asked for, from when to when, and every try in between.
 *
 * @module
 */
import type { Json, TimelineEntry } from '@holdfast/core';
import type { Tone } from '../../ui/badge.tsx';
import { parseTime } from '../../lib/format.ts';

/** A stretch of one lane. `to` is null while it is still open. */
export interface LaneBar {
  readonly from: number;
  readonly to: number | null;
  readonly tone: Tone;
  readonly label: string;
}

/** A moment on a lane: a try, a decision. */
export interface LaneMark {
  readonly at: number;
  readonly tone: Tone;
  readonly label: string;
  readonly version?: number;
}

export interface Lane {
  readonly id: string;
  readonly kind: 'decision' | 'effect' | 'undo' | 'wait' | 'timer' | 'child';
  readonly name: string;
  readonly bars: readonly LaneBar[];
  readonly marks: readonly LaneMark[];
}

interface Draft {
  readonly id: string;
  readonly kind: Lane['kind'];
  readonly name: string;
  from: number;
  to: number | null;
  tone: Tone;
  label: string;
  readonly marks: LaneMark[];
}

const OUTCOME_TONES: Readonly<Record<string, Tone>> = {
  succeeded: 'go',
  failed: 'stop',
  unknown: 'care',
};

/** Lanes in the order they were asked for, the decisions first. */
export function lanesOf(entries: readonly TimelineEntry[]): readonly Lane[] {
  const drafts = new Map<string, Draft>();
  const decisions: LaneMark[] = [];
  for (const entry of entries) {
    const at = parseTime(entry.at);
    if (entry.kind === 'transition') {
      decisions.push({
        at,
        tone: toneOfDecision(entry.title),
        label: entry.title,
        ...(entry.version === null ? {} : { version: entry.version }),
      });
    }
    take(drafts, entry, at);
  }
  const lanes = [...drafts.values()].map(({ id, kind, name, from, to, tone, label, marks }) => ({
    id,
    kind,
    name,
    bars: [{ from, to, tone, label }],
    marks,
  }));
  if (decisions.length === 0) return lanes;
  return [
    { id: 'decisions', kind: 'decision', name: 'decisions', bars: [], marks: decisions },
    ...lanes,
  ];
}

function take(drafts: Map<string, Draft>, entry: TimelineEntry, at: number): void {
  const { step, title } = entry;
  if (step === null) return;
  const known = drafts.get(step);
  switch (entry.kind) {
    case 'effect': {
      const undoes = title.includes(' undoes ');
      const outcome = textOf(entry.detail, 'outcome');
      const settled = textOf(entry.detail, 'state') === 'settled';
      const held = textOf(entry.detail, 'state') === 'held';
      const ended = settled ? (OUTCOME_TONES[outcome ?? ''] ?? 'rest') : held ? 'stop' : 'busy';
      drafts.set(step, {
        id: step,
        kind: undoes ? 'undo' : 'effect',
        name: title.replace(/ (requested|undoes .*)$/, ''),
        from: at,
        to: null,
        tone: ended,
        label: title,
        marks: [],
      });
      return;
    }
    case 'wait': {
      if (known !== undefined) {
        known.to = at;
        return;
      }
      const state = textOf(entry.detail, 'state');
      // Closed, and opened in a part of the story that is not shown.
      if (state === null) return;
      const name = textOf(entry.detail, 'name') ?? step;
      drafts.set(step, {
        id: step,
        kind: 'wait',
        name,
        from: at,
        to: null,
        tone: state === 'open' ? 'hold' : 'go',
        label: title,
        marks: [],
      });
      return;
    }
    case 'schedule': {
      if (known !== undefined) known.to = at;
      else if (textOf(entry.detail, 'dueAt') !== null)
        drafts.set(step, {
          id: step,
          kind: 'timer',
          name: step,
          from: at,
          to: null,
          tone: 'rest',
          label: title,
          marks: [],
        });
      return;
    }
    case 'attempt': {
      known?.marks.push({ at, tone: /in doubt/.test(title) ? 'care' : 'busy', label: title });
      return;
    }
    case 'event': {
      if (known === undefined) {
        if (!title.startsWith('starts child ')) return;
        const name = title.replace('starts child ', '');
        drafts.set(step, {
          id: step,
          kind: 'child',
          name,
          from: at,
          to: null,
          tone: 'busy',
          label: title,
          marks: [],
        });
        return;
      }
      known.to = at;
      known.label = title;
      if (known.kind === 'wait' || known.kind === 'child') known.tone = toneOfEnd(title);
      return;
    }
    case 'transition':
    case 'log':
    case 'status':
      return;
  }
}

function toneOfEnd(title: string): Tone {
  if (/ failed/.test(title)) return 'stop';
  if (/ expired/.test(title)) return 'care';
  return 'go';
}

/** By what `version N: …` says. */
export function toneOfDecision(title: string): Tone {
  const says = title.replace(/^version \d+: /, '');
  if (says.startsWith('completed')) return 'go';
  if (says.startsWith('blocked')) return 'stop';
  if (says.startsWith('compensating') || says.startsWith('compensated')) return 'care';
  if (says.startsWith('waiting')) return 'hold';
  if (says.startsWith('cancelled') || says.startsWith('nothing')) return 'rest';
  return 'busy';
}

export function textOf(detail: Json, name: string): string | null {
  if (typeof detail !== 'object' || detail === null || Array.isArray(detail)) return null;
  const value = (detail as Readonly<Record<string, Json>>)[name];
  return typeof value === 'string' ? value : null;
}
