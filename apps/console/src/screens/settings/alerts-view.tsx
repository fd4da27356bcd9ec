import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Alert, AlertDelivery, AlertPing, AlertTarget } from '@holdfast/core';
import { api } from '../../api/client.ts';
import { formatDuration, plural } from '../../lib/format.ts';
import { Badge, Tag } from '../../ui/badge.tsx';
import type { Tone } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Command } from '../../ui/command.tsx';
import { AddressLink, LINK } from '../../ui/links.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Panel } from '../../ui/page.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Prose } from '../../ui/prose.tsx';
import { Time } from '../../ui/time.tsx';
import { TestDialog } from './test-dialog.tsx';

/** Deliveries and pings have no topic of their own: asked again while they are looked at. */
const alertsQuery = {
  queryKey: ['alerts'],
  queryFn: () => api().alerts.show(),
  meta: { topics: ['sagas', 'effects', 'quarantine'] },
  refetchInterval: 5_000,
} as const;

/** What needs a person, and whether somebody is told of it. */
export function AlertsView({ admin }: { readonly admin: boolean }) {
  const query = useQuery(alertsQuery);
  const [testing, setTesting] = useState<AlertTarget | null>(null);
  const alerts = query.data;
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <div className="grid items-start gap-3 p-3 md:p-4 xl:grid-cols-2">
        {query.isPending && <Loading />}
        {query.error !== null && (
          <Problem
            error={query.error}
            title="The alerts cannot be read"
            onRetry={() => void query.refetch()}
          />
        )}
        {alerts !== undefined && (
          <>
            <Panel title="Open alerts" aside={<Count of={alerts.open.length} />}>
              {alerts.open.length === 0 && <Nothing>Nothing needs a person.</Nothing>}
              <ul>
                {alerts.open.map((alert) => (
                  <OpenAlert key={alert.id} alert={alert} />
                ))}
              </ul>
            </Panel>
            <Panel title="Who is told" aside={<Count of={alerts.targets.length} />}>
              {alerts.targets.length === 0 && (
                <div className="p-3">
                  <p>
                    Nobody: alerts stand here and go nowhere. Name a target in the configuration,
                    then reload.
                  </p>
                  <Command
                    text={
                      'alerts:\n  targets:\n    phone:\n      type: ntfy\n      url: secret://NTFY_TOPIC'
                    }
                  />
                </div>
              )}
              <ul>
                {alerts.targets.map((target) => (
                  <Target
                    key={target.name}
                    target={target}
                    {...(admin ? { onTest: () => setTesting(target) } : {})}
                  />
                ))}
              </ul>
              <Ping ping={alerts.ping} />
            </Panel>
            <Panel title="Last deliveries" aside={<Count of={alerts.deliveries.length} />}>
              {alerts.deliveries.length === 0 && <Nothing>None since the start.</Nothing>}
              <ul>
                {alerts.deliveries.map((delivery) => (
                  <Delivery key={`${delivery.id} ${delivery.target}`} delivery={delivery} />
                ))}
              </ul>
            </Panel>
          </>
        )}
      </div>
      {testing !== null && <TestDialog target={testing} onClose={() => setTesting(null)} />}
    </div>
  );
}

const ROW = 'flex flex-col gap-1 border-b border-line p-3 last:border-b-0';

function OpenAlert({ alert }: { readonly alert: Alert }) {
  const { severity, title, message, next, since, url, toldAt } = alert;
  return (
    <li className={ROW}>
      <p className="flex flex-wrap items-center gap-2">
        <Tag tone={severity === 'critical' ? 'stop' : 'care'}>{severity}</Tag>
        <AddressLink address={pathOf(url)} className={LINK}>
          {title}
        </AddressLink>
        <span className="text-xs text-ink-2">
          since <Time at={since} />
        </span>
      </p>
      <p>
        <Prose text={message} />
      </p>
      <p className="text-ink-2">
        <Prose text={next} />
      </p>
      <p className="text-xs text-ink-2">
        {toldAt === null ? (
          'Nobody has been told.'
        ) : (
          <>
            Told <Time at={toldAt} />
          </>
        )}
      </p>
    </li>
  );
}

/** The same page on the server that is open here: alerts name it as the outside reaches it. */
function pathOf(url: string): string {
  if (!URL.canParse(url)) return '/needs-you';
  const { pathname, search } = new URL(url);
  return `${pathname}${search}`;
}

const STATES: Readonly<
  Record<AlertTarget['state'] | AlertPing['state'], { readonly tone: Tone; readonly text: string }>
> = {
  idle: { tone: 'rest', text: 'nothing sent yet' },
  well: { tone: 'go', text: 'well' },
  failing: { tone: 'stop', text: 'failing' },
  withheld: { tone: 'care', text: 'withheld' },
};

function Target({
  target,
  onTest,
}: {
  readonly target: AlertTarget;
  readonly onTest?: () => void;
}) {
  const { name, type, state, kinds, severity, tenants, queued, sent, failures, lastSentAt, error } =
    target;
  return (
    <li className={ROW}>
      <p className="flex flex-wrap items-center gap-2">
        <span className="font-medium">{name}</span>
        <span className="text-ink-2">{type}</span>
        <Tag tone={STATES[state].tone}>{STATES[state].text}</Tag>
        {onTest !== undefined && (
          <span className="ml-auto">
            <Button size="small" onClick={onTest} aria-label={`Test ${name}`}>
              Test…
            </Button>
          </span>
        )}
      </p>
      <p className="text-xs text-ink-2">
        {sent} sent, {plural(failures, 'failure')}, {queued} waiting
        {lastSentAt !== null && (
          <>
            , last <Time at={lastSentAt} />
          </>
        )}
      </p>
      <p className="text-xs text-ink-2">
        Told of {kinds.join(', ')}; {severity === 'critical' ? 'critical ones' : 'all severities'}
        {tenants !== null &&
          `; tenants ${tenants.map((one) => (one === '' ? '_' : one)).join(', ')}`}
      </p>
      {error !== null && <p className="text-xs break-words text-stop">{error}</p>}
    </li>
  );
}

function Ping({ ping }: { readonly ping: AlertPing | null }) {
  return (
    <div className="border-t border-line p-3">
      <p className="flex flex-wrap items-center gap-2">
        <span className="font-medium">Dead-man ping</span>
        {ping !== null && <Tag tone={STATES[ping.state].tone}>{STATES[ping.state].text}</Tag>}
      </p>
      <p className="text-xs text-ink-2">
        {ping === null ? (
          'No outside watcher is named (alerts.ping): if this machine stops, nobody is told.'
        ) : (
          <>
            every {formatDuration(ping.interval)}
            {ping.lastSentAt !== null && (
              <>
                , last <Time at={ping.lastSentAt} />
              </>
            )}
          </>
        )}
      </p>
      {ping !== null && ping.error !== null && (
        <p className="text-xs break-words text-stop">{ping.error}</p>
      )}
    </div>
  );
}

const DELIVERY_TONES: Readonly<Record<AlertDelivery['state'], Tone>> = {
  sent: 'go',
  failing: 'stop',
  dropped: 'care',
};

function Delivery({ delivery }: { readonly delivery: AlertDelivery }) {
  const { target, subject, state, at, attempts, error } = delivery;
  return (
    <li className={ROW}>
      <p className="flex flex-wrap items-center gap-2">
        <Badge status={state} tone={DELIVERY_TONES[state]} />
        <span className="min-w-0 flex-1 break-words">{subject}</span>
        <Time at={at} />
      </p>
      <p className="text-xs text-ink-2">
        to {target}, {plural(attempts, 'attempt')}
      </p>
      {error !== null && <p className="text-xs break-words text-stop">{error}</p>}
    </li>
  );
}

function Count({ of }: { readonly of: number }) {
  return <span className="text-xs text-ink-2 tabular-nums">{of}</span>;
}

function Nothing({ children }: { readonly children: string }) {
  return <p className="p-3 text-ink-2">{children}</p>;
}
