import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { FormEvent } from 'react';
import { api } from '../api/client.ts';
import { formatCount } from '../lib/format.ts';

interface TenantSwitchProps {
  readonly own: string;
  readonly chosen: string;
  readonly onChoose: (tenant: string) => void;
}

/** The value of the choice that lets another name be typed: no tenant has a space in its name. */
const TYPED = 'type another';

/** A tenant may come by its first event, of which no topic tells another tenant: asked again when one is to be chosen. */
const tenantsQuery = {
  queryKey: ['keys', 'tenants'],
  queryFn: () => api().tenants(),
  meta: { topics: ['keys'] },
} as const;

/** Which tenant an admin looks at: one of those there are, or one that is typed. `_` is the empty one. */
export function TenantSwitch({ own, chosen, onChoose }: TenantSwitchProps) {
  const id = useId();
  const [typing, setTyping] = useState(false);
  const tenants = useQuery(tenantsQuery);
  const known = tenants.data ?? [];
  const askAgain = (): void => void tenants.refetch({ cancelRefetch: false });
  // A tenant that has nothing yet is in no list.
  const others = [own, chosen].filter((one) => !known.some(({ tenant }) => tenant === one));
  const choose = (tenant: string): void => {
    setTyping(false);
    if (tenant !== chosen) onChoose(tenant);
  };
  return (
    <div className="flex items-center gap-2">
      <label htmlFor={id} className="text-xs text-ink-2">
        Tenant
      </label>
      {typing ? (
        <TypedTenant id={id} onDone={choose} onCancel={() => setTyping(false)} />
      ) : (
        <select
          id={id}
          value={written(chosen)}
          title={`The key's own is ${written(own)}`}
          onFocus={askAgain}
          onPointerEnter={askAgain}
          onChange={({ target }) => {
            if (target.value === TYPED) setTyping(true);
            else choose(read(target.value));
          }}
          className={FIELD}
        >
          {[...new Set(others)].map((tenant) => (
            <option key={tenant} value={written(tenant)}>
              {written(tenant)}
            </option>
          ))}
          {known.map(({ tenant, live }) => (
            <option key={tenant} value={written(tenant)}>
              {written(tenant)} · {formatCount(live)} live
            </option>
          ))}
          <option value={TYPED}>Another…</option>
        </select>
      )}
    </div>
  );
}

const FIELD =
  'h-6 w-full min-w-0 rounded border border-line-strong bg-surface px-1.5 font-mono text-xs';

interface TypedTenantProps {
  readonly id: string;
  readonly onDone: (tenant: string) => void;
  readonly onCancel: () => void;
}

function TypedTenant({ id, onDone, onCancel }: TypedTenantProps) {
  const [typed, setTyped] = useState('');
  const apply = (): void => {
    if (typed.trim() === '') onCancel();
    else onDone(read(typed.trim()));
  };
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    apply();
  };
  return (
    <form onSubmit={onSubmit} className="min-w-0 flex-1">
      <input
        id={id}
        ref={(input) => input?.focus()}
        value={typed}
        spellCheck={false}
        autoComplete="off"
        placeholder="name, or _"
        onChange={(event) => setTyped(event.target.value)}
        onBlur={apply}
        onKeyDown={({ key }) => {
          if (key === 'Escape') onCancel();
        }}
        className={FIELD}
      />
    </form>
  );
}

function written(tenant: string): string {
  return tenant === '' ? '_' : tenant;
}

function read(text: string): string {
  return text === '_' ? '' : text;
}
