import { useQueryClient } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { infoQuery } from '../../api/queries.ts';
import { plural } from '../../lib/format.ts';
import { ActDialog } from '../../ui/act-dialog.tsx';

interface DrainDialogProps {
  readonly inFlight: number;
  readonly onClose: () => void;
}

export function DrainDialog({ inFlight, onClose }: DrainDialogProps) {
  const queries = useQueryClient();
  const act = async (reason: string): Promise<void> => {
    const { drained, inFlight: left } = await api().drain({ reason });
    await queries.invalidateQueries({ queryKey: infoQuery().queryKey });
    if (!drained) {
      throw new Error(
        `It takes no new work, and ${plural(left, 'effect')} had no answer when the time was up.`,
      );
    }
  };
  return (
    <ActDialog
      title="Drain the server"
      confirm="Drain"
      danger
      act={act}
      done="Drained: nothing is in flight. It can be stopped."
      onClose={onClose}
    >
      <p>
        From this moment the server takes no new events: publishers are refused and try again, MQTT
        clients are disconnected. {plural(inFlight, 'effect')} in flight may finish.
      </p>
      <p>
        Nothing is lost: what waits stays on disk and goes on at the next start. This console goes
        on answering. <strong className="font-semibold">There is no way back but a restart.</strong>
      </p>
    </ActDialog>
  );
}
