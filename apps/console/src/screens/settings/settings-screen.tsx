import { getRouteApi } from '@tanstack/react-router';
import { useSession } from '../../app/use-session.ts';
import { may } from '../../api/session.ts';
import { Page } from '../../ui/page.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { AlertsView } from './alerts-view.tsx';
import { ServerView } from './server-view.tsx';
import { SettingList } from './setting-list.tsx';
import { VIEWS } from './settings-search.ts';
import type { View } from './settings-search.ts';

const route = getRouteApi('/shell/settings');

const TEXTS: Readonly<Record<View, string>> = {
  settings: 'Settings',
  alerts: 'Alerts',
  server: 'Server',
};

/** How the server is set up, whom it tells, and what runs. */
export function SettingsScreen() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const admin = may(useSession(), 'admin');
  const views = VIEWS.filter((view) => admin || view !== 'settings');
  const first = admin ? 'settings' : 'alerts';
  const view = views.find((one) => one === search.view) ?? first;
  return (
    <Page title="Settings" fill>
      <Tabs
        label="What is shown"
        tabs={views.map((value) => ({ value, text: TEXTS[value] }))}
        chosen={view}
        onChoose={(value) => void navigate({ search: value === first ? {} : { view: value } })}
      />
      {view === 'settings' && <SettingList />}
      {view === 'alerts' && <AlertsView admin={admin} />}
      {view === 'server' && <ServerView admin={admin} />}
    </Page>
  );
}
