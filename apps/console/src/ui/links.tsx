/**
 * Links to things, by what names them. Here and nowhere else stands which path that is, so that a screen need not know
 * another's route.
 *
 * @module
 */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { cx } from '../lib/class-names.ts';
import { shortDigest } from '../lib/format.ts';
import { parseUrlState } from '../lib/url-state.ts';

interface ToProps {
  /** With `$name` for parameters. A text, not one of the router's own: those know every screen. */
  readonly to: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly search?: Readonly<Record<string, string>>;
  readonly className?: string;
  readonly children: ReactNode;
}

/** Underlined also at rest: in a sentence colour alone would not tell it from the text (WCAG 1.4.1). */
export const LINK = 'text-accent underline decoration-1 underline-offset-2 hover:decoration-2';

function To({ to, params, search, className, children }: ToProps) {
  return (
    <Link
      to={to}
      {...(params === undefined ? {} : { params: params as never })}
      {...(search === undefined ? {} : { search: search as never })}
      className={cx(LINK, className)}
    >
      {children}
    </Link>
  );
}

interface AddressLinkProps {
  /** A path of the console with what stands behind its `?`, as the server writes it. */
  readonly address: string;
  readonly className?: string;
  readonly children: ReactNode;
}

/** To where the server says. Another origin's address leads to Today. */
export function AddressLink({ address, className, children }: AddressLinkProps) {
  const { origin } = window.location;
  const url = URL.canParse(address, origin) ? new URL(address, origin) : null;
  const here = url !== null && url.origin === origin ? url : new URL(origin);
  return (
    <Link to={here.pathname} search={parseUrlState(here.search) as never} className={className}>
      {children}
    </Link>
  );
}

interface InstanceLinkProps {
  readonly saga: string;
  readonly instance: string;
  /** Also names the saga: `order / order-42`. Default: the key alone. */
  readonly full?: boolean;
}

export function InstanceLink({ saga, instance, full = false }: InstanceLinkProps) {
  return (
    <To to="/sagas/$saga/$key" params={{ saga, key: instance }} className="font-mono text-xs">
      {full ? `${saga} / ${instance}` : instance}
    </To>
  );
}

export function EventLink({
  seq,
  children,
}: {
  readonly seq: number;
  readonly children?: ReactNode;
}) {
  return (
    <To to="/events/$seq" params={{ seq: String(seq) }} className="tabular-nums">
      {children ?? `#${seq}`}
    </To>
  );
}

export function ReleaseLink({ digest }: { readonly digest: string }) {
  return (
    <To to="/releases/$digest" params={{ digest }} className="font-mono text-xs">
      {shortDigest(digest)}
    </To>
  );
}

interface EffectLinkProps {
  readonly commandId: string;
  readonly children: ReactNode;
}

export function EffectLink({ commandId, children }: EffectLinkProps) {
  return (
    <To to="/effects/$commandId" params={{ commandId }} className="font-mono text-xs">
      {children}
    </To>
  );
}
