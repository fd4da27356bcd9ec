import { getRouteApi } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { AuditEntry } from '@holdfast/core';
import { useSession } from '../../app/use-session.ts';
import { api } from '../../api/client.ts';
import { pages } from '../../api/queries.ts';
import { may } from '../../api/session.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Fact, Facts } from '../../ui/facts.tsx';
import { JsonView } from '../../ui/json-view.tsx';
import { EventLink } from '../../ui/links.tsx';
import { PagedTable, usePagedRows } from '../../ui/paged-table.tsx';
import type { Column } from '../../ui/table.tsx';
import { Time } from '../../ui/time.tsx';
import { auditFilter } from './access-search.ts';
import type { AccessSearch } from './access-search.ts';
import { AuditFilters, isFiltered } from './audit-filters.tsx';
import { VerifyChain } from './verify-chain.tsx';

const route = getRouteApi('/shell/access');

const auditQuery = (search: AccessSearch) =>
  pages(
    ['keys', 'audit', search],
    ['keys', 'releases', 'quarantine', 'effects', 'sagas', 'waits'],
    (page) => api().audit.list({ ...auditFilter(search, Date.now()), ...page }),
  );

export function AuditList() {
  const search = route.useSearch();
  const admin = may(useSession(), 'admin');
  const [shown, setShown] = useState<AuditEntry | null>(null);
  const paged = usePagedRows(auditQuery(search));
  const active = isFiltered(search);
  const columns = useMemo(() => columnsOf(setShown), []);
  return (
    <>
      {admin && <VerifyChain />}
      <AuditFilters />
      <PagedTable
        label="Audit log"
        columns={columns}
        paged={paged}
        problem="The audit log cannot be listed"
        rowKey={({ seq }) => String(seq)}
        empty={
          active ? (
            <Empty title="No act is like this">Clear the filters to see all.</Empty>
          ) : (
            <Empty title="Nobody has acted yet">
              Every act of an operator stands here for good: who, what, on what, and why.
            </Empty>
          )
        }
      />
      {shown !== null && <EntryDialog entry={shown} onClose={() => setShown(null)} />}
    </>
  );
}

function columnsOf(onShow: (entry: AuditEntry) => void): readonly Column<AuditEntry>[] {
  return [
    { id: 'at', header: 'When', width: '6rem', cell: ({ at }) => <Time at={at} /> },
    {
      id: 'act',
      header: 'Act',
      width: 'minmax(0, 1fr)',
      cell: (entry) => (
        <button
          type="button"
          onClick={() => onShow(entry)}
          className="max-w-full truncate font-mono text-xs text-accent hover:underline"
        >
          {entry.act}
        </button>
      ),
    },
    {
      id: 'on',
      header: 'On',
      width: 'minmax(0, 1.4fr)',
      cell: ({ target }) => <span className="font-mono text-xs">{target ?? ''}</span>,
    },
    {
      id: 'by',
      header: 'By',
      width: 'minmax(0, 0.8fr)',
      phone: false,
      cell: ({ by, byName }) => <span title={by}>{byName ?? by}</span>,
    },
    {
      id: 'reason',
      header: 'Why',
      width: 'minmax(0, 1.6fr)',
      phone: false,
      cell: ({ reason }) => reason ?? '',
    },
  ];
}

function EntryDialog({
  entry,
  onClose,
}: {
  readonly entry: AuditEntry;
  readonly onClose: () => void;
}) {
  const { no, act, at, target, by, byName, reason, seq, before, after, hash } = entry;
  return (
    <Dialog title={act} onClose={onClose} width="wide">
      <Facts>
        <Fact name="When">
          <Time at={at} /> <span className="text-xs text-ink-2">{at}</span>
        </Fact>
        <Fact name="On" mono>
          {target ?? 'the server'}
        </Fact>
        <Fact name="By">
          {byName ?? by} <span className="font-mono text-xs text-ink-2">{by}</span>
        </Fact>
        <Fact name="Why">{reason ?? 'no reason given'}</Fact>
        <Fact name="Event">
          <EventLink seq={seq} />
        </Fact>
        <Fact name="Entry">
          {no} <span className="font-mono text-xs break-all text-ink-2">{hash}</span>
        </Fact>
      </Facts>
      <div className="mt-3 grid gap-3 md:grid-cols-2">
        <section>
          <h3 className="mb-1 text-xs font-semibold text-ink-2">Before</h3>
          <JsonView value={before} label="Before" />
        </section>
        <section>
          <h3 className="mb-1 text-xs font-semibold text-ink-2">After</h3>
          <JsonView value={after} label="After" />
        </section>
      </div>
    </Dialog>
  );
}
