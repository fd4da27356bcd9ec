import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useId, useState } from 'react';
import { eventQuery } from '../../api/event-detail.ts';
import { eventTypesQuery } from '../../api/event-types.ts';
import type { EventTypeResource } from '@holdfast/core';
import { Loading } from '../../ui/loading.tsx';
import { Page } from '../../ui/page.tsx';
import { Problem } from '../../ui/problem.tsx';
import { PublishForm } from './publish-form.tsx';

const route = getRouteApi('/shell/events/publish');

export function PublishScreen() {
  const { type, like } = route.useSearch();
  const navigate = route.useNavigate();
  const types = useQuery(eventTypesQuery());
  const model = useQuery({ ...eventQuery(like ?? 0), enabled: like !== undefined });
  const choose = useCallback(
    (chosen: string) => void navigate({ search: { type: chosen }, replace: true }),
    [navigate],
  );
  const known = types.data?.find((one) => one.type === type);
  const waiting = types.isPending || (like !== undefined && model.isPending);
  return (
    <Page title="Publish an event">
      <div className="flex max-w-2xl flex-col gap-4 p-3 md:p-4">
        {!types.isPending && <TypeField types={types.data ?? []} type={type} onChoose={choose} />}
        {types.error !== null && (
          <Problem
            error={types.error}
            title="The types that releases know cannot be asked for; an event can be published all the same"
            onRetry={() => void types.refetch()}
          />
        )}
        {model.error !== null && (
          <Problem error={model.error} title="The event to begin with cannot be read" />
        )}
        {type !== undefined && waiting && <Loading />}
        {type !== undefined && !waiting && (
          <>
            <p className="text-ink-2">{takersOf(known)}</p>
            <PublishForm
              key={`${type} ${like ?? ''} ${known === undefined ? '' : 'known'}`}
              type={type}
              schema={known?.schema ?? null}
              initial={model.data?.data}
            />
          </>
        )}
      </div>
    </Page>
  );
}

function takersOf(known: EventTypeResource | undefined): string {
  if (known === undefined) {
    return 'No active release knows this type: it will be recorded, and no saga will take it.';
  }
  const { sagas } = known;
  if (sagas.length === 0) return 'No saga of an active release takes it.';
  const names = sagas.map(({ saga, starts }) => (starts ? `${saga}, which it starts` : saga));
  return `Taken by ${names.join('; ')}.`;
}

interface TypeFieldProps {
  readonly types: readonly EventTypeResource[];
  readonly type: string | undefined;
  readonly onChoose: (type: string) => void;
}

const OTHER = '…';

/** A type that releases know, or any other by its name. */
function TypeField({ types, type, onChoose }: TypeFieldProps) {
  const id = useId();
  const unknown = type !== undefined && !types.some((one) => one.type === type);
  const [other, setOther] = useState(unknown);
  const [typed, setTyped] = useState(unknown ? type : '');
  const free = other || unknown || types.length === 0;
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-xs font-medium text-ink-2">
        Type
      </label>
      {types.length > 0 && (
        <select
          id={id}
          value={free ? OTHER : (type ?? '')}
          onChange={(event) => {
            const { value } = event.target;
            setOther(value === OTHER);
            if (value !== OTHER && value !== '') onChoose(value);
          }}
          className="h-8 w-full min-w-0 rounded-md border border-line-strong bg-surface px-2 text-sm"
        >
          <option value="" disabled>
            Choose a type
          </option>
          {types.map((one) => (
            <option key={one.type} value={one.type}>
              {one.type}
            </option>
          ))}
          <option value={OTHER}>Another type…</option>
        </select>
      )}
      {free && (
        <input
          id={types.length > 0 ? undefined : id}
          aria-label="Name of the type"
          placeholder="door.opened"
          value={typed}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => setTyped(event.target.value)}
          onBlur={() => typed.trim() !== '' && onChoose(typed.trim())}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && typed.trim() !== '') onChoose(typed.trim());
          }}
          className="h-8 w-full min-w-0 rounded-md border border-line-strong bg-surface px-2.5 font-mono text-xs"
        />
      )}
    </div>
  );
}
