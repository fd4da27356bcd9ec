import type {
  ChildRef,
  ChildSpec,
  Decision,
  Ending,
  Json,
  LogLine,
  ProgramFailure,
  PublishSpec,
  ScheduleSpec,
  UndoLine,
  WaitSpec,
  WorkItemSpec,
} from '@holdfast/core';
import { MAX_ITEMS_PER_DECISION, unreachable, WAIT_TIMER_PREFIX } from '@holdfast/core';
import { FieldReader, Nonsense } from './field-reader.ts';

const STATUSES = ['running', 'waiting', 'compensating'] as const;
const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
const UNDO_STATES = ['armed', 'undoing', 'undone'] as const;
const ENDINGS = ['completed', 'compensated', 'cancelled', 'continued'] as const;

/**
 * The decision that parsed JSON stands for, with what it leaves out filled in: lists are empty, `status` is `running`,
 * `ignored` false, the rest null. By hand rather than by schema: it runs for every decision.
 *
 * @throws Nonsense naming the first field that is wrong. A field nobody knows is wrong too: it asks for something that
 * would not be done.
 */
export function checkDecision(json: Json): Decision {
  const fields = new FieldReader('', -1, json);
  const decision: Decision = {
    items: fields.list('items', readItem),
    schedules: fields.list('schedules', readSchedule),
    cancelSchedules: fields.names('cancelSchedules'),
    waits: fields.list('waits', readWait),
    closeWaits: fields.names('closeWaits'),
    children: fields.list('children', readChild),
    cancelChildren: fields.list('cancelChildren', readChildRef),
    publishes: fields.list('publishes', readPublish),
    logs: fields.list('logs', readLog),
    ...(fields.has('search') && { search: fields.searchValues('search') }),
    status: fields.has('status') ? fields.oneOf('status', STATUSES) : 'running',
    undo: fields.list('undo', readUndo),
    failure: fields.holds('failure') ? fields.object('failure', readFailure) : null,
    blocked: fields.holds('blocked') ? fields.object('blocked', readFailure) : null,
    ending: fields.holds('ending') ? fields.object('ending', readEnding) : null,
    ignored: fields.has('ignored') && fields.boolean('ignored'),
  };
  fields.end();
  checkTogether(decision);
  return decision;
}

function readItem(item: FieldReader): WorkItemSpec {
  const spec = { step: item.name('step'), effect: item.name('effect'), input: item.json('input') };
  return item.has('undoes') ? { ...spec, undoes: item.name('undoes') } : spec;
}

function readSchedule(schedule: FieldReader): ScheduleSpec {
  return { name: schedule.name('name'), dueAt: schedule.time('dueAt') };
}

function readWait(wait: FieldReader): WaitSpec {
  return {
    step: wait.name('step'),
    name: wait.name('name'),
    definition: wait.holds('definition') ? wait.name('definition') : null,
    expiresAt: wait.holds('expiresAt') ? wait.time('expiresAt') : null,
  };
}

function readChild(child: FieldReader): ChildSpec {
  return { ...readChildRef(child), input: child.json('input') };
}

function readChildRef(child: FieldReader): ChildRef {
  return { step: child.name('step'), saga: child.name('saga'), key: child.name('key') };
}

function readPublish(publish: FieldReader): PublishSpec {
  const spec = {
    step: publish.name('step'),
    type: publish.name('type'),
    data: publish.json('data'),
  };
  return publish.has('subject') ? { ...spec, subject: publish.text('subject') } : spec;
}

function readLog(line: FieldReader): LogLine {
  const spec = { level: line.oneOf('level', LEVELS), message: line.text('message') };
  return line.has('data') ? { ...spec, data: line.json('data') } : spec;
}

function readUndo(line: FieldReader): UndoLine {
  return {
    step: line.name('step'),
    effect: line.name('effect'),
    state: line.oneOf('state', UNDO_STATES),
    doubtful: line.boolean('doubtful'),
  };
}

function readFailure(failure: FieldReader): ProgramFailure {
  const spec = { code: failure.name('code'), message: failure.text('message') };
  return failure.has('step') ? { ...spec, step: failure.name('step') } : spec;
}

function readEnding(ending: FieldReader): Ending {
  const as = ending.oneOf('as', ENDINGS);
  switch (as) {
    case 'completed':
      return { as, result: ending.json('result') };
    case 'continued':
      return { as, input: ending.json('input') };
    case 'compensated':
    case 'cancelled':
      return { as, error: ending.object('error', readFailure) };
    default:
      return unreachable(as);
  }
}

/** What must hold between fields: how many, and each name once. */
function checkTogether({ items, schedules, waits, children, publishes }: Decision): void {
  const count = items.length + schedules.length + waits.length + children.length + publishes.length;
  if (count === 0) return;
  if (count > MAX_ITEMS_PER_DECISION) {
    const all = 'items, schedules, waits, children, publishes';
    throw new Nonsense(
      `${all}: together ${count}, more than ${MAX_ITEMS_PER_DECISION} in one decision`,
    );
  }
  // Steps become command ids, whatever they are steps of (I4).
  const steps = new Set<string>();
  for (const [place, specs] of Object.entries({ items, waits, children, publishes })) {
    for (const [at, { step }] of specs.entries()) claim(steps, step, place, at, 'step');
  }
  const timers = new Set<string>();
  for (const [at, { name }] of schedules.entries()) {
    claim(timers, name, 'schedules', at, 'name');
    if (name.startsWith(WAIT_TIMER_PREFIX))
      throw new Nonsense(`schedules[${at}].name: ${JSON.stringify(name)} is the timer of a wait`);
  }
  const names = new Set<string>();
  for (const [at, { name }] of waits.entries()) claim(names, name, 'waits', at, 'name');
}

function claim(taken: Set<string>, name: string, place: string, at: number, field: string): void {
  if (taken.has(name))
    throw new Nonsense(`${place}[${at}].${field}: ${JSON.stringify(name)} is there twice`);
  taken.add(name);
}
