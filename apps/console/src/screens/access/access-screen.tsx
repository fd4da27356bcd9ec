import { getRouteApi } from '@tanstack/react-router';
import { Page } from '../../ui/page.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { VIEWS } from './access-search.ts';
import type { View } from './access-search.ts';
import { AuditList } from './audit-list.tsx';
import { KeyList } from './key-list.tsx';
import { SecretList } from './secret-list.tsx';

const route = getRouteApi('/shell/access');

const TEXTS: Readonly<Record<View, string>> = {
  keys: 'Keys',
  audit: 'Audit log',
  secrets: 'Secrets',
};

/** Who may do what, and who did what. */
export function AccessScreen() {
  const { view = 'keys' } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Page title="Access" fill>
      <Tabs
        label="What is listed"
        tabs={VIEWS.map((value) => ({ value, text: TEXTS[value] }))}
        chosen={view}
        onChoose={(value) => void navigate({ search: value === 'keys' ? {} : { view: value } })}
      />
      {view === 'keys' && <KeyList />}
      {view === 'audit' && <AuditList />}
      {view === 'secrets' && <SecretList />}
    </Page>
  );
}
