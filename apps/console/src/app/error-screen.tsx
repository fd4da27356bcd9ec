import { Link } from '@tanstack/react-router';
import type { ErrorComponentProps } from '@tanstack/react-router';
import { Button, buttonClass } from '../ui/button.tsx';
import { Problem } from '../ui/problem.tsx';

/** What stands where a screen broke. The rest of the page goes on. */
export function ErrorScreen({ error, reset }: ErrorComponentProps) {
  return (
    <main className="mx-auto flex max-w-xl flex-col gap-3 p-6">
      <h1 className="text-base font-semibold">This screen broke</h1>
      <Problem error={error} />
      <p className="text-ink-2">
        Nothing on the server is changed by it. After an upgrade of the server the page may be older
        than its files: load it again.
      </p>
      <div className="flex gap-2">
        <Button look="primary" onClick={() => window.location.reload()}>
          Load the page again
        </Button>
        <Button onClick={reset}>Try again</Button>
      </div>
    </main>
  );
}

export function NotFoundScreen() {
  return (
    <main className="mx-auto flex max-w-xl flex-col items-start gap-3 p-6">
      <h1 className="text-base font-semibold">There is no such page</h1>
      <p className="text-ink-2">The address leads to no screen of the console.</p>
      <Link to="/" className={buttonClass('primary')}>
        Go to Today
      </Link>
    </main>
  );
}
