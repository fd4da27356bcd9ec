import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { ChangedSetting, Reloaded } from '@holdfast/core';
import { api } from '../../api/client.ts';
import { shortDigest } from '../../lib/format.ts';
import { ActDialog } from '../../ui/act-dialog.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';

export function ReloadDialog({ onClose }: { readonly onClose: () => void }) {
  const queries = useQueryClient();
  const [answer, setAnswer] = useState<Reloaded | null>(null);
  const answered = useRef(false);
  if (answer !== null) return <Answer answer={answer} onClose={onClose} />;
  return (
    <ActDialog
      title="Reload the configuration"
      confirm="Reload"
      act={async (reason) => {
        const reloaded = await api().reload(reason);
        answered.current = true;
        setAnswer(reloaded);
        void queries.invalidateQueries();
      }}
      done="The configuration is read again"
      // What it answered is shown in place of this dialog.
      onClose={() => {
        if (!answered.current) onClose();
      }}
    >
      <p>
        The server reads its file and secrets again. In force at once are log level, concurrency of
        effects, alerts, values for programs, renewed certificates, and releases it had not seen;
        all else is named and waits for a restart.
      </p>
      <p>A configuration with a mistake is refused as a whole, and nothing changes.</p>
    </ActDialog>
  );
}

function Answer({ answer, onClose }: { readonly answer: Reloaded; readonly onClose: () => void }) {
  const { applied, afterRestart, deployed } = answer;
  const nothing = applied.length + afterRestart.length + deployed.length === 0;
  return (
    <Dialog title="The configuration is read again" onClose={onClose}>
      <div className="flex flex-col gap-3">
        {nothing && <p>Nothing has changed.</p>}
        <Changed title="In force now" settings={applied} />
        <Changed title="In force after a restart" settings={afterRestart} />
        {deployed.length > 0 && (
          <section>
            <h3 className="text-xs font-semibold text-ink-2">Releases now active</h3>
            <ul>
              {deployed.map(({ app, digest }) => (
                <li key={app}>
                  {app} <span className="font-mono text-xs">{shortDigest(digest)}</span>
                </li>
              ))}
            </ul>
          </section>
        )}
        <div className="flex justify-end">
          <Button look="primary" onClick={onClose}>
            Close
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

interface ChangedProps {
  readonly title: string;
  readonly settings: readonly ChangedSetting[];
}

function Changed({ title, settings }: ChangedProps) {
  if (settings.length === 0) return null;
  return (
    <section>
      <h3 className="text-xs font-semibold text-ink-2">{title}</h3>
      <ul>
        {settings.map(({ name, from, to }) => (
          <li key={name} className="font-mono text-xs break-all">
            {name}
            {to !== undefined && `: ${from ?? ''} → ${to}`}
          </li>
        ))}
      </ul>
    </section>
  );
}
