import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactNode } from 'react';
import type { ServerInfo } from '@holdfast/core';
import { infoQuery } from '../../api/queries.ts';
import { formatAbsolute, formatCount, formatDuration, parseTime } from '../../lib/format.ts';
import { Badge, Tag } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Fact, Facts } from '../../ui/facts.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Panel } from '../../ui/page.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Time, useNow } from '../../ui/time.tsx';
import { DrainDialog } from './drain-dialog.tsx';
import { ReloadDialog } from './reload-dialog.tsx';

/** What runs, how safely it writes, and how it is told to read its configuration again or to finish. */
export function ServerView({ admin }: { readonly admin: boolean }) {
  const query = useQuery(infoQuery());
  const [asking, setAsking] = useState<'reload' | 'drain' | null>(null);
  const close = (): void => setAsking(null);
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <div className="grid items-start gap-3 p-3 md:p-4 xl:grid-cols-2">
        {query.isPending && <Loading />}
        {query.error !== null && (
          <Problem error={query.error} onRetry={() => void query.refetch()} />
        )}
        {query.data !== undefined && <About info={query.data} />}
        {query.data !== undefined && <Certificates info={query.data} />}
        {admin && (
          <Panel title="Acts">
            <Act
              text="Read the configuration again. What is safe to change takes effect; the answer says what needs a restart."
              button="Reload…"
              onClick={() => setAsking('reload')}
            />
            <Act
              text="Take no new work and finish what is in flight, before the machine is stopped."
              button="Drain…"
              onClick={() => setAsking('drain')}
            />
          </Panel>
        )}
      </div>
      {asking === 'reload' && <ReloadDialog onClose={close} />}
      {asking === 'drain' && (
        <DrainDialog inFlight={query.data?.effectsInFlight ?? 0} onClose={close} />
      )}
    </div>
  );
}

function About({ info }: { readonly info: ServerInfo }) {
  const started = parseTime(info.startedAt);
  const now = useNow();
  return (
    <Panel title="About">
      <Facts padded>
        <Fact name="Version">
          {info.version}
          {info.build !== null && <span className="font-mono text-xs"> {info.build}</span>}
        </Fact>
        <Fact name="Mode">{info.mode}</Fact>
        <Fact name="Node">{info.node}</Fact>
        <Fact name="Up for">
          <span title={formatAbsolute(started)}>{formatDuration(Math.max(now - started, 0))}</span>
        </Fact>
        <Fact name="Takes work">{takesWork(info)}</Fact>
        <Fact name="Journal">
          position {formatCount(info.lastSeq)}, epoch {info.epoch}, timeline {info.timeline}
        </Fact>
        <Fact name="In progress">
          {formatCount(info.liveInstances)} instances, {formatCount(info.effectsInFlight)} effects
          in flight
        </Fact>
      </Facts>
    </Panel>
  );
}

function takesWork({ draining, noRoom, writable }: ServerInfo): ReactNode {
  if (draining) return <Badge status="waiting" tone="care" text="no: it drains" />;
  if (noRoom) return <Badge status="blocked" text="no: the disk is full" />;
  if (!writable) return <Badge status="blocked" text="no: storage cannot be written" />;
  return <Badge status="settled" text="yes" />;
}

/** The fingerprints that whoever connects compares with. */
function Certificates({ info: { certificates } }: { readonly info: ServerInfo }) {
  return (
    <Panel title="Certificates">
      {certificates.length === 0 && (
        <p className="p-3 text-ink-2">No listener speaks TLS. That is right on loopback only.</p>
      )}
      <ul>
        {certificates.map(({ listener, selfSigned, fingerprint, expiresAt }) => (
          <li key={listener} className="flex flex-col gap-1 border-b border-line p-3 last:border-0">
            <p className="flex flex-wrap items-center gap-2">
              <span className="font-medium">{listener}</span>
              <Tag tone={selfSigned ? 'care' : 'go'}>{selfSigned ? 'self-made' : 'from files'}</Tag>
              <span className="text-xs text-ink-2">
                ends <Time at={expiresAt} />
              </span>
            </p>
            <p className="flex items-start gap-1">
              <span className="min-w-0 font-mono text-xs break-all">{fingerprint}</span>
              <CopyButton text={fingerprint} label={`Copy fingerprint of ${listener}`} />
            </p>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

interface ActProps {
  readonly text: string;
  readonly button: string;
  readonly onClick: () => void;
}

function Act({ text, button, onClick }: ActProps) {
  return (
    <div className="flex items-center gap-3 border-b border-line p-3 last:border-b-0">
      <p className="min-w-0 flex-1">{text}</p>
      <Button onClick={onClick}>{button}</Button>
    </div>
  );
}
