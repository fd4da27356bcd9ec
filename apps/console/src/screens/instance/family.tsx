import { Link } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import type { ReactNode } from 'react';
import type { SagaDetail, InstanceRef } from '@holdfast/core';
import { Badge } from '../../ui/badge.tsx';
import { EventLink, LINK } from '../../ui/links.tsx';
import { Panel } from '../../ui/page.tsx';
import { Time } from '../../ui/time.tsx';

/** Of more children a list is clearer than a picture. */
const MOST_DRAWN = 12;

const FamilyGraph = lazy(() =>
  import('./family-graph.tsx').then((module) => ({ default: module.FamilyGraph })),
);

/** What started it, who asked for it, and what it started. */
export function Family({ detail }: { readonly detail: SagaDetail }) {
  const { cause, parent, children, correlationId } = detail;
  return (
    <Panel title="Cause and family">
      {(parent !== null || children.length > 0) && children.length <= MOST_DRAWN && (
        <Suspense fallback={null}>
          <FamilyGraph detail={detail} />
        </Suspense>
      )}
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] items-baseline gap-x-3 gap-y-2 p-3">
        {cause !== null && (
          <Entry name="Cause">
            {cause.type} <EventLink seq={cause.seq} />
            <span className="block text-xs text-ink-3">
              from <span className="font-mono">{cause.source}</span>, <Time at={cause.receivedAt} />
            </span>
          </Entry>
        )}
        {parent !== null && (
          <Entry name="Parent">
            <InstanceLink to={parent} />{' '}
            <span className="text-xs text-ink-3">at {parent.step}</span>
          </Entry>
        )}
        {children.length > 0 && (
          <Entry name="Children">
            <ul className="flex flex-col gap-1">
              {children.map((child) => (
                <li key={child.step} className="flex flex-wrap items-center gap-2">
                  <InstanceLink to={child} />
                  <Badge status={child.status} />
                </li>
              ))}
            </ul>
          </Entry>
        )}
        <Entry name="Correlation">
          <span className="font-mono text-xs break-all">{correlationId ?? 'none'}</span>
        </Entry>
        {detail.search.map(({ field, value }) => (
          <Entry key={field} name={field}>
            <Link
              to="/sagas"
              search={{ saga: detail.saga, search: [`${field}:${value}`] }}
              className={LINK}
            >
              {value}
            </Link>
          </Entry>
        ))}
      </dl>
    </Panel>
  );
}

function Entry({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-xs text-ink-2">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  );
}

function InstanceLink({ to }: { readonly to: InstanceRef }) {
  return (
    <Link
      to="/sagas/$saga/$key"
      params={{ saga: to.saga, key: to.key }}
      search={{ run: to.run }}
      className={LINK}
    >
      {to.saga} <span className="font-mono text-xs">{to.key}</span>
    </Link>
  );
}
