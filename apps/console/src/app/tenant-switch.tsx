import { useId, useState } from 'react';
import type { FormEvent } from 'react';

interface TenantSwitchProps {
  readonly own: string;
  readonly chosen: string;
  readonly onChoose: (tenant: string) => void;
}

/** Which tenant an admin looks at. Written as everywhere: `_` is the empty one. */
export function TenantSwitch({ own, chosen, onChoose }: TenantSwitchProps) {
  const id = useId();
  const [typed, setTyped] = useState(written(chosen));
  const apply = (): void => {
    const tenant = typed.trim() === '_' ? '' : typed.trim();
    if (tenant !== chosen) onChoose(tenant);
  };
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    apply();
  };
  return (
    <form onSubmit={onSubmit} className="flex items-center gap-2">
      <label htmlFor={id} className="text-xs text-ink-2">
        Tenant
      </label>
      <input
        id={id}
        value={typed}
        spellCheck={false}
        autoComplete="off"
        title={`The key's own is ${written(own)}`}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={apply}
        className="h-6 w-full min-w-0 rounded border border-line-strong bg-surface px-1.5 font-mono text-xs"
      />
    </form>
  );
}

function written(tenant: string): string {
  return tenant === '' ? '_' : tenant;
}
