/**
 * What a person has typed into the fields of a form so far, and the JSON that it stands for. A draft keeps what cannot
 * be JSON yet (`-`, `{"a":`), so that nothing typed is lost; what is left empty and not required is left out.
 *
 * @module
 */
import type { Fault, Json } from '@holdfast/core';
import type { Field, Member } from './schema-fields.ts';

export type Draft =
  /** Text, numbers and raw JSON, as typed. */
  | { readonly kind: 'text'; readonly text: string }
  /** null: not said. */
  | { readonly kind: 'flag'; readonly value: boolean | null }
  /** Place in the choices; null: none. */
  | { readonly kind: 'choice'; readonly index: number | null }
  | {
      readonly kind: 'group';
      readonly on: boolean;
      readonly members: Readonly<Record<string, Draft>>;
    }
  | { readonly kind: 'list'; readonly items: readonly ListItem[] }
  | { readonly kind: 'variants'; readonly chosen: number; readonly drafts: readonly Draft[] };

export interface ListItem {
  /** Stays with the item while others come and go. */
  readonly id: number;
  readonly draft: Draft;
}

/** JSON, or what keeps it from being JSON: pointers below the field, and messages. `undefined`: left out. */
export interface Reading {
  readonly value: Json | undefined;
  readonly faults: readonly Fault[];
}

/** What a form holds before anything is typed. */
export function emptyDraft(field: Field, required = true): Draft {
  const preset = field.preset === undefined ? null : draftOf(field, field.preset, required);
  if (preset !== null) return preset;
  switch (field.kind) {
    case 'text':
    case 'number':
      return { kind: 'text', text: '' };
    case 'json':
      return { kind: 'text', text: required ? '{}' : '' };
    case 'flag':
      // Nobody has said no until somebody does.
      return { kind: 'flag', value: null };
    case 'choice':
      return {
        kind: 'choice',
        index: required && !field.nullable && field.choices.length === 1 ? 0 : null,
      };
    case 'group':
      return {
        kind: 'group',
        on: required && !field.nullable,
        members: membersOf(field.members, (member) => emptyDraft(member.field, member.required)),
      };
    case 'list':
      return {
        kind: 'list',
        items: required
          ? Array.from({ length: Math.min(field.min, 10) }, (_, id) => ({
              id,
              draft: emptyDraft(field.item),
            }))
          : [],
      };
    case 'variants':
      return {
        kind: 'variants',
        chosen: required && !field.nullable ? 0 : -1,
        drafts: field.variants.map(({ field: variant }) => emptyDraft(variant)),
      };
  }
}

/** The JSON that a draft stands for. */
export function readDraft(field: Field, draft: Draft, required = true, at = ''): Reading {
  switch (field.kind) {
    case 'text': {
      const text = draft.kind === 'text' ? draft.text : '';
      if (text !== '') return plain(text);
      if (field.nullable) return plain(null);
      return plain(required ? '' : undefined);
    }
    case 'number':
      return readNumber(field.nullable, draft, required, at);
    case 'json':
      return readJson(field.nullable, draft, required, at);
    case 'flag': {
      const value = draft.kind === 'flag' ? draft.value : null;
      if (value !== null) return plain(value);
      if (field.nullable) return plain(null);
      return required ? fault(at, 'say yes or no') : plain(undefined);
    }
    case 'choice': {
      const index = draft.kind === 'choice' ? draft.index : null;
      const chosen = index === null ? undefined : field.choices[index];
      if (chosen !== undefined) return plain(chosen);
      if (field.nullable) return plain(null);
      return required ? fault(at, 'choose one') : plain(undefined);
    }
    case 'group': {
      if (draft.kind !== 'group' || !draft.on) return plain(field.nullable ? null : undefined);
      const parts = field.members.map(({ name, required: needed, field: member }) => {
        const given = draft.members[name] ?? emptyDraft(member, needed);
        return [name, readDraft(member, given, needed, `${at}/${escaped(name)}`)] as const;
      });
      const value: Record<string, Json> = {};
      for (const [name, part] of parts) if (part.value !== undefined) value[name] = part.value;
      return { value, faults: parts.flatMap(([, part]) => part.faults) };
    }
    case 'list': {
      const items = draft.kind === 'list' ? draft.items : [];
      if (items.length === 0 && !required) return plain(field.nullable ? null : undefined);
      const parts = items.map((item, i) => readDraft(field.item, item.draft, true, `${at}/${i}`));
      return {
        value: parts.map(({ value }) => value ?? null),
        faults: parts.flatMap(({ faults }) => faults),
      };
    }
    case 'variants': {
      const chosen = draft.kind === 'variants' ? draft.chosen : -1;
      const variant = field.variants[chosen];
      const inner = draft.kind === 'variants' ? draft.drafts[chosen] : undefined;
      if (variant === undefined || inner === undefined) {
        if (field.nullable) return plain(null);
        return required ? fault(at, 'choose one') : plain(undefined);
      }
      return readDraft(variant.field, inner, true, at);
    }
  }
}

function readNumber(nullable: boolean, draft: Draft, required: boolean, at: string): Reading {
  const text = draft.kind === 'text' ? draft.text.trim() : '';
  if (text === '') {
    if (nullable) return plain(null);
    return required ? fault(at, 'a number is needed') : plain(undefined);
  }
  const value = Number(text.replace(',', '.'));
  return Number.isFinite(value) ? plain(value) : fault(at, 'is no number');
}

function readJson(nullable: boolean, draft: Draft, required: boolean, at: string): Reading {
  const text = draft.kind === 'text' ? draft.text.trim() : '';
  if (text === '') {
    if (nullable) return plain(null);
    return required ? fault(at, 'JSON is needed') : plain(undefined);
  }
  try {
    return plain(JSON.parse(text) as Json);
  } catch (error) {
    return fault(at, error instanceof Error ? error.message : 'is no JSON');
  }
}

/** The draft that stands for a value; null where the form has no place for all of it. */
export function draftOf(field: Field, value: Json | undefined, required = true): Draft | null {
  if (value === undefined) return required ? null : emptyDraft(field, false);
  if (value === null && field.kind !== 'json') {
    return field.nullable ? emptyDraft(field, false) : null;
  }
  switch (field.kind) {
    case 'text':
      return typeof value === 'string' ? { kind: 'text', text: value } : null;
    case 'number':
      return typeof value === 'number' ? { kind: 'text', text: String(value) } : null;
    case 'json':
      return { kind: 'text', text: JSON.stringify(value, null, 2) };
    case 'flag':
      return typeof value === 'boolean' ? { kind: 'flag', value } : null;
    case 'choice': {
      const written = JSON.stringify(value);
      const index = field.choices.findIndex((choice) => JSON.stringify(choice) === written);
      return index < 0 ? null : { kind: 'choice', index };
    }
    case 'group': {
      if (!isRecord(value)) return null;
      const known = field.members.map(({ name }) => name);
      if (!Object.keys(value).every((name) => known.includes(name))) return null;
      const members: Record<string, Draft> = {};
      for (const { name, required: needed, field: member } of field.members) {
        const draft = draftOf(member, value[name], needed);
        if (draft === null) return null;
        members[name] = draft;
      }
      return { kind: 'group', on: true, members };
    }
    case 'list': {
      if (!Array.isArray(value)) return null;
      const items: ListItem[] = [];
      for (const [id, one] of (value as readonly Json[]).entries()) {
        const draft = draftOf(field.item, one);
        if (draft === null) return null;
        items.push({ id, draft });
      }
      return { kind: 'list', items };
    }
    case 'variants': {
      for (const [chosen, variant] of field.variants.entries()) {
        const draft = draftOf(variant.field, value);
        if (draft === null) continue;
        const drafts = field.variants.map(({ field: other }, i) =>
          i === chosen ? draft : emptyDraft(other),
        );
        return { kind: 'variants', chosen, drafts };
      }
      return null;
    }
  }
}

/** The list with one more item at its end. */
export function withItem(items: readonly ListItem[], draft: Draft): readonly ListItem[] {
  const id = items.reduce((most, item) => Math.max(most, item.id + 1), 0);
  return [...items, { id, draft }];
}

/**
 * Those of the server's faults that belong to the field at `pointer` itself, and not to one below it. `known`: pointers
 * of all fields that are shown; a fault of a place that none of them is goes to the nearest above.
 */
export function faultsAt(
  faults: readonly Fault[],
  pointer: string,
  known: ReadonlySet<string>,
): readonly Fault[] {
  return faults.filter(({ at }) => nearestPointer(at === '/' ? '' : at, known) === pointer);
}

function nearestPointer(at: string, known: ReadonlySet<string>): string {
  let place = at;
  while (place !== '' && !known.has(place)) place = place.slice(0, place.lastIndexOf('/'));
  return place;
}

/** Pointers of all fields that a form shows for a draft. */
export function shownPointers(field: Field, draft: Draft, at = ''): Set<string> {
  const shown = new Set([at]);
  const add = (inner: Field, innerDraft: Draft, place: string): void => {
    for (const one of shownPointers(inner, innerDraft, place)) shown.add(one);
  };
  if (field.kind === 'group' && draft.kind === 'group' && draft.on) {
    for (const { name, required, field: member } of field.members) {
      const given = draft.members[name] ?? emptyDraft(member, required);
      add(member, given, `${at}/${escaped(name)}`);
    }
  }
  if (field.kind === 'list' && draft.kind === 'list') {
    for (const [i, item] of draft.items.entries()) add(field.item, item.draft, `${at}/${i}`);
  }
  if (field.kind === 'variants' && draft.kind === 'variants') {
    const variant = field.variants[draft.chosen];
    const inner = draft.drafts[draft.chosen];
    if (variant !== undefined && inner !== undefined) add(variant.field, inner, at);
  }
  return shown;
}

/** One step of a JSON pointer (RFC 6901 §3). */
export function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function plain(value: Json | undefined): Reading {
  return { value, faults: [] };
}

function fault(at: string, message: string): Reading {
  return { value: undefined, faults: [{ at, message }] };
}

function membersOf(
  members: readonly Member[],
  draft: (member: Member) => Draft,
): Readonly<Record<string, Draft>> {
  return Object.fromEntries(members.map((member) => [member.name, draft(member)]));
}

function isRecord(value: Json): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
