import { useQuery } from '@tanstack/react-query';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useId } from 'react';
import type { Json, StateAt, StateChange } from '@holdfast/core';
import { isNotFound } from '../../api/client.ts';
import { explainQuery, stateAtQuery } from '../../api/queries.ts';
import type { InstanceAddress } from '../../api/queries.ts';
import { formatClock, parseTime } from '../../lib/format.ts';
import { IconButton } from '../../ui/button.tsx';
import { JsonView } from '../../ui/json-view.tsx';
import { EventLink, ReleaseLink } from '../../ui/links.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Panel } from '../../ui/page.tsx';
import { Problem } from '../../ui/problem.tsx';
import { SourceLine } from '../../ui/source-line.tsx';
import { decisionLines } from './decision-lines.ts';
import { statePartsOf } from './state-parts.ts';

interface ScrubberProps {
  readonly of: InstanceAddress;
  readonly newest: number;
  readonly version: number;
  readonly onVersion: (version: number) => void;
}

/** State at any version: what was decided, by which release, from which line, and what it changed. */
export function Scrubber({ of, newest, version, onVersion }: ScrubberProps) {
  const id = useId();
  const query = useQuery(stateAtQuery(of, version));
  return (
    <Panel title="State by version">
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-3 py-2">
        <IconButton
          label="Version before"
          disabled={version <= 1}
          onClick={() => onVersion(version - 1)}
        >
          <ChevronLeft aria-hidden size={16} />
        </IconButton>
        <label htmlFor={id} className="sr-only">
          Version
        </label>
        <input
          id={id}
          type="range"
          min={1}
          max={newest}
          value={version}
          aria-valuetext={`version ${version} of ${newest}`}
          onChange={(event) => onVersion(Number(event.target.value))}
          className="min-w-24 flex-1 accent-accent"
        />
        <IconButton
          label="Version after"
          disabled={version >= newest}
          onClick={() => onVersion(version + 1)}
        >
          <ChevronRight aria-hidden size={16} />
        </IconButton>
        <span className="text-xs text-ink-2 tabular-nums">
          {version} of {newest}
        </span>
      </div>
      {query.error !== null && (
        <div className="p-3">
          {isNotFound(query.error) ? (
            <p className="text-ink-2">Version {version} is no longer kept.</p>
          ) : (
            <Problem error={query.error} onRetry={() => void query.refetch()} />
          )}
        </div>
      )}
      {query.isPending && <Loading />}
      {query.data !== undefined && query.error === null && <AtVersion of={of} at={query.data} />}
    </Panel>
  );
}

function AtVersion({ of, at }: { readonly of: InstanceAddress; readonly at: StateAt }) {
  const explain = useQuery(explainQuery(of, at.version));
  const lines = decisionLines(at.decision);
  const places = (explain.data?.open ?? []).filter((step) => step.at !== null);
  const check = explain.data?.decision?.check;
  const { own, runtime } = statePartsOf(at);
  return (
    <div className="grid gap-px bg-line lg:grid-cols-2">
      <div className="flex min-w-0 flex-col gap-3 bg-surface p-3">
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-1 text-xs">
          <dt className="text-ink-2">Event</dt>
          <dd className="truncate">
            {explain.data?.decision?.event} <EventLink seq={at.seq} />
          </dd>
          <dt className="text-ink-2">Recorded</dt>
          <dd className="tabular-nums">{formatClock(parseTime(at.recordedAt))}</dd>
          <dt className="text-ink-2">Release</dt>
          <dd>
            <ReleaseLink digest={at.release} />
          </dd>
          {check !== undefined && (
            <>
              <dt className="text-ink-2">Decided again</dt>
              <dd className={check.state === 'differs' ? 'text-stop' : ''}>
                {check.state === 'same' && 'the same, now, from what is recorded'}
                {check.state === 'differs' &&
                  `differs from what is recorded${check.reason === null ? '' : `: ${check.reason}`}`}
                {check.state === 'not_made' && `not possible: ${check.reason ?? 'unknown'}`}
              </dd>
            </>
          )}
        </dl>
        <div>
          <h3 className="mb-1 text-xs font-semibold text-ink-2">Decided</h3>
          <ul className="flex flex-col gap-0.5">
            {lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </div>
        {explain.data !== undefined && explain.data.linesMissing !== null && (
          <p className="text-xs text-ink-2">
            Without lines of source: {explain.data.linesMissing}.
          </p>
        )}
        {places.map(
          ({ step, at: place }) => place !== null && <SourceLine key={step} place={place} />,
        )}
      </div>
      <div className="flex min-w-0 flex-col gap-3 bg-surface p-3">
        <div>
          <h3 className="mb-1 text-xs font-semibold text-ink-2">What changed</h3>
          <Changes changes={own.changes} />
        </div>
        <div>
          <h3 className="mb-1 text-xs font-semibold text-ink-2">State</h3>
          <JsonView value={own.state} label={`State at version ${at.version}`} />
        </div>
        {runtime !== null && (
          <details>
            <summary className="cursor-pointer text-xs text-ink-2">
              What the runtime keeps beside it
            </summary>
            <div className="mt-2 flex flex-col gap-3">
              <Changes changes={runtime.changes} />
              <JsonView value={runtime.state} label={`Kept beside it at version ${at.version}`} />
            </div>
          </details>
        )}
      </div>
    </div>
  );
}

const SIGNS = {
  added: { sign: '+', tone: 'text-go', word: 'added' },
  removed: { sign: '−', tone: 'text-stop', word: 'removed' },
  changed: { sign: '~', tone: 'text-care', word: 'changed' },
} as const;

function Changes({ changes }: { readonly changes: readonly StateChange[] }) {
  if (changes.length === 0) return <p className="text-ink-2">Nothing.</p>;
  return (
    <ul className="flex flex-col gap-1 font-mono text-xs">
      {changes.map(({ path, kind, before, after }) => {
        const { sign, tone, word } = SIGNS[kind];
        return (
          <li key={path} className="flex min-w-0 items-start gap-2">
            <span aria-hidden className={`w-2 shrink-0 font-bold ${tone}`}>
              {sign}
            </span>
            <span className="min-w-0 break-all">
              <span className="sr-only">{word} </span>
              <span className="text-ink-2">{path === '' ? '(all)' : path}</span>{' '}
              {kind === 'changed' && (
                <>
                  {short(before)} <span className="text-ink-3">→</span>{' '}
                </>
              )}
              {kind === 'removed' ? short(before) : short(after)}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

const SHOWN_CHARACTERS = 160;

function short(value: Json | undefined): string {
  const text = value === undefined ? '' : JSON.stringify(value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
