import { getRouteApi } from '@tanstack/react-router';
import { Page } from '../../ui/page.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { ClockHeld } from './clock-held.tsx';
import { readScheduleSearch, VIEWS } from './schedule-search.ts';
import type { ScheduleSearch, View } from './schedule-search.ts';
import { CronList, TimerList } from './timer-lists.tsx';
import { WaitList } from './wait-list.tsx';

const route = getRouteApi('/shell/schedules');

const TEXTS: Readonly<Record<View, string>> = { waits: 'Waits', timers: 'Timers', cron: 'Cron' };

/** What is to happen by itself, and what somebody outside is asked for. */
export function SchedulesScreen() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const view = search.view ?? 'waits';
  const change = (next: Partial<Record<keyof ScheduleSearch, string | undefined>>): void => {
    void navigate({
      search: (before) => readScheduleSearch({ ...before, ...next }),
      replace: true,
    });
  };
  return (
    <Page title="Schedules and waits" fill>
      <ClockHeld />
      <Tabs
        label="What is listed"
        tabs={VIEWS.map((value) => ({ value, text: TEXTS[value] }))}
        chosen={view}
        onChoose={(value) => void navigate({ search: readScheduleSearch({ view: value }) })}
      />
      {view === 'waits' && <WaitList search={search} onChange={change} />}
      {view === 'timers' && <TimerList />}
      {view === 'cron' && <CronList />}
    </Page>
  );
}
