/**
 * Statuses by colour, shape and word: whoever cannot tell the colours apart still reads them.
 *
 * @module
 */
import {
  Ban,
  Circle,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleHelp,
  CircleX,
  Hourglass,
  OctagonPause,
  Play,
  RotateCcw,
  Undo2,
} from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from '../lib/class-names.ts';

export type Tone = 'go' | 'busy' | 'hold' | 'care' | 'stop' | 'rest';

const TONES: Readonly<Record<Tone, string>> = {
  go: 'bg-go-wash text-go',
  busy: 'bg-busy-wash text-busy',
  hold: 'bg-hold-wash text-hold',
  care: 'bg-care-wash text-care',
  stop: 'bg-stop-wash text-stop',
  rest: 'bg-rest-wash text-rest',
};

interface Look {
  readonly tone: Tone;
  readonly icon: LucideIcon;
  /** Default: the word itself. */
  readonly text?: string;
}

/** Every status word of the API. What is not here is shown as it is, at rest. */
const LOOKS: Readonly<Record<string, Look>> = {
  // instances
  running: { tone: 'busy', icon: Play },
  waiting: { tone: 'hold', icon: Hourglass },
  retrying: { tone: 'care', icon: RotateCcw },
  compensating: { tone: 'care', icon: Undo2 },
  blocked: { tone: 'stop', icon: OctagonPause },
  completed: { tone: 'go', icon: CircleCheck },
  compensated: { tone: 'rest', icon: Undo2 },
  failed: { tone: 'stop', icon: CircleX },
  cancelled: { tone: 'rest', icon: Ban },
  // effects and waits
  pending: { tone: 'busy', icon: CircleDashed },
  leased: { tone: 'busy', icon: Play, text: 'in flight' },
  held: { tone: 'stop', icon: OctagonPause },
  settled: { tone: 'go', icon: CircleCheck },
  succeeded: { tone: 'go', icon: CircleCheck },
  unknown: { tone: 'care', icon: CircleHelp },
  doubtful: { tone: 'care', icon: CircleHelp, text: 'in doubt' },
  undone: { tone: 'rest', icon: Undo2 },
  open: { tone: 'hold', icon: Hourglass },
  expired: { tone: 'care', icon: CircleAlert },
  closed: { tone: 'rest', icon: Circle },
  // events
  applied: { tone: 'go', icon: CircleCheck },
  ignored: { tone: 'rest', icon: Circle },
  parked: { tone: 'care', icon: Hourglass },
  quarantined: { tone: 'stop', icon: CircleAlert },
  unrouted: { tone: 'rest', icon: CircleHelp },
  redriven: { tone: 'go', icon: RotateCcw },
  discarded: { tone: 'rest', icon: Ban },
  // releases and breakers
  active: { tone: 'go', icon: CircleCheck },
  registered: { tone: 'rest', icon: Circle },
  half_open: { tone: 'care', icon: CircleDashed, text: 'half open' },
  recovering: { tone: 'care', icon: CircleDashed },
};

const REST: Look = { tone: 'rest', icon: Circle };

export function lookOf(status: string): Required<Look> {
  const look = LOOKS[status] ?? REST;
  return { text: status, ...look };
}

interface BadgeProps {
  /** A status word of the API. */
  readonly status: string;
  /** Default: by the word. For words that mean something else here, such as a breaker that is `open`. */
  readonly tone?: Tone;
  readonly text?: string;
}

export function Badge({ status, tone, text }: BadgeProps) {
  const look = lookOf(status);
  const Icon = look.icon;
  return (
    <Tag tone={tone ?? look.tone}>
      <Icon aria-hidden size={12} strokeWidth={2.25} className="shrink-0" />
      {text ?? look.text}
    </Tag>
  );
}

interface TagProps {
  readonly tone?: Tone;
  readonly children: ReactNode;
}

/** A small word on a wash, without a meaning of its own. */
export function Tag({ tone = 'rest', children }: TagProps) {
  return (
    <span
      className={cx(
        'inline-flex items-center gap-1 rounded px-1.5 text-xs leading-5 font-medium whitespace-nowrap',
        TONES[tone],
      )}
    >
      {children}
    </span>
  );
}
