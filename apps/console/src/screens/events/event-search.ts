/**
 * The filters of the list of events, as the address holds them, and what each part of the page makes of them.
 *
 * @module
 */
import type { EventFilter, EventResource } from '@holdfast/core';
import { numberOf, oneOf, someOf } from '../../lib/url-state.ts';

export type Stream = EventResource['stream'];

export const STREAMS: readonly { readonly value: Stream; readonly text: string }[] = [
  { value: 'AGGREGATE_EVENTS', text: 'from outside' },
  { value: 'WORKFLOW_EVENTS', text: 'of the engine' },
  { value: 'CONTROL_EVENTS', text: 'acts of operators' },
];

export interface EventSearch {
  readonly type?: string;
  readonly correlation?: string;
  readonly stream?: Stream;
  /** Part of id, source or subject. */
  readonly text?: string;
  /** RFC 3339, both inclusive. */
  readonly from?: string;
  readonly to?: string;
}

export function readEventSearch(search: Readonly<Record<string, unknown>>): EventSearch {
  const type = oneOf(search, 'type');
  const correlation = oneOf(search, 'correlation');
  const [stream] =
    someOf(
      search,
      'stream',
      STREAMS.map(({ value }) => value),
    ) ?? [];
  const text = oneOf(search, 'text');
  const from = timeOf(search, 'from');
  const to = timeOf(search, 'to');
  return {
    ...(type === undefined ? {} : { type }),
    ...(correlation === undefined ? {} : { correlation }),
    ...(stream === undefined ? {} : { stream }),
    ...(text === undefined ? {} : { text }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

export interface PublishSearch {
  readonly type?: string;
  /** Position of an event that the form begins as. */
  readonly like?: number;
}

export function readPublishSearch(search: Readonly<Record<string, unknown>>): PublishSearch {
  const type = oneOf(search, 'type');
  const like = numberOf(search, 'like', 1);
  return {
    ...(type === undefined ? {} : { type }),
    ...(like === undefined ? {} : { like }),
  };
}

function timeOf(search: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const text = oneOf(search, name);
  return text === undefined || Number.isNaN(Date.parse(text)) ? undefined : text;
}

/** What the list is asked with. */
export interface ListFilter extends EventFilter {
  readonly text?: string;
}

export function listFilterOf({ correlation, ...search }: EventSearch): ListFilter {
  return { ...search, ...(correlation === undefined ? {} : { correlationId: correlation }) };
}

/** What the live tail is asked with: the rest of the filter it does not know. */
export function tailFilterOf({
  type,
  correlation,
  stream,
}: EventSearch): Pick<EventFilter, 'type' | 'correlationId' | 'stream'> {
  return {
    ...(type === undefined ? {} : { type }),
    ...(correlation === undefined ? {} : { correlationId: correlation }),
    ...(stream === undefined ? {} : { stream }),
  };
}

/** Whether an event of the tail belongs to the list: as the server looks for `text`, in any case. */
export function matchesRest({ text, from, to }: EventSearch, event: EventResource): boolean {
  if (from !== undefined && Date.parse(event.receivedAt) < Date.parse(from)) return false;
  if (to !== undefined && Date.parse(event.receivedAt) > Date.parse(to)) return false;
  if (text === undefined) return true;
  const sought = text.toLowerCase();
  return [event.id, event.source, event.subject ?? ''].some((part) =>
    part.toLowerCase().includes(sought),
  );
}
