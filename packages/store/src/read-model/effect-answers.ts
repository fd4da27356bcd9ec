/** Whether each effect of a run took effect, so that nobody has to conclude it from states and flags. */
import type { EffectAnswer, Happened, UndoLine } from '@holdfast/core';
import { desc, eq, inArray } from 'drizzle-orm';

import { events, workItems } from '../schema.ts';
import type { ReadContext } from './read-context.ts';
import { timeText } from './explain-words.ts';
import type { InstanceRecord } from './instance-record.ts';
import { messageOf } from './timeline-texts.ts';

/** Effects shown with an instance: the newest. */
const SHOWN_EFFECTS = 200;

type ItemRecord = typeof workItems.$inferSelect;

/** An effect step with its row. */
export interface AnsweredItem {
  readonly item: ItemRecord;
  readonly answer: EffectAnswer;
}

/** In the order they were asked for. */
export function effectAnswers(context: ReadContext, instance: InstanceRecord): AnsweredItem[] {
  const { db, names } = context;
  const items = db
    .select()
    .from(workItems)
    .where(eq(workItems.instanceId, instance.id))
    .orderBy(desc(workItems.id))
    .limit(SHOWN_EFFECTS)
    .all()
    .toReversed();
  const refusals = refusalsOf(context, items);
  const ledger = new Map(
    (JSON.parse(instance.undo) as readonly UndoLine[]).map((line) => [line.step, line.state]),
  );
  return items.map((item) => {
    const undoing = latestUndo(items, item.step);
    const undone = undoneBy(undoing, ledger.get(item.step));
    const [undo] = undoing;
    const effect = names.nameOf(item.effect);
    const undoEffect = undo === undefined ? null : names.nameOf(undo.effect);
    return {
      item,
      answer: {
        step: item.step,
        effect,
        commandId: item.commandId,
        happened: happenedOf(item),
        attempts: item.attempts,
        undone,
        undoneBy: undo?.step ?? null,
        undoes: item.undoes,
        text:
          happenedText(effect, item, refusals.get(item.id) ?? null) +
          undoneText(undone, undoEffect),
      },
    };
  });
}

function happenedOf({ state, outcome, doubtful }: ItemRecord): Happened {
  if (state === 'settled') {
    switch (outcome) {
      case 'succeeded':
        return 'yes';
      case 'unknown':
        return 'in_doubt';
      default:
        return 'no';
    }
  }
  return doubtful === 1 ? 'in_doubt' : 'not_yet';
}

/** What refused effects say of themselves. */
function refusalsOf(
  { db }: ReadContext,
  items: readonly ItemRecord[],
): ReadonlyMap<number, string> {
  const refused = items.filter(
    ({ state, outcome }) => state === 'settled' && outcome !== 'succeeded',
  );
  const seqs = refused.flatMap(({ outcomeSeq }) => (outcomeSeq === null ? [] : [outcomeSeq]));
  if (seqs.length === 0) return new Map();
  const rows = db
    .select({ seq: events.seq, data: events.data })
    .from(events)
    .where(inArray(events.seq, seqs))
    .all();
  const said = new Map(rows.map(({ seq, data }) => [seq, messageOf(data)]));
  return new Map(
    refused.flatMap(({ id, outcomeSeq }) => {
      const message = outcomeSeq === null ? null : (said.get(outcomeSeq) ?? null);
      return message === null ? [] : [[id, message] as const];
    }),
  );
}

/** What the last try of undoing a step asked for: a redrive asks for it again, under steps of its own. */
function latestUndo(items: readonly ItemRecord[], step: string): readonly ItemRecord[] {
  const undoing = items.filter(({ undoes }) => undoes === step);
  const last = undoing.at(-1);
  if (last === undefined) return [];
  const tryOf = (of: string): string => of.slice(0, of.indexOf('/', `undo/${step}`.length));
  return undoing.filter((each) => tryOf(each.step) === tryOf(last.step));
}

function undoneBy(
  undoing: readonly ItemRecord[],
  state: UndoLine['state'] | undefined,
): Happened | null {
  // The ledger has the last word: an undo may have taken a refusal for an answer.
  if (state === 'undone') return 'yes';
  if (undoing.length === 0) return null;
  const all = undoing.map(happenedOf);
  if (all.includes('in_doubt')) return 'in_doubt';
  return all.includes('no') ? 'no' : 'not_yet';
}

function happenedText(effect: string, item: ItemRecord, says: string | null): string {
  const { state, attempts, outcome, dueAt } = item;
  const tries = attempts === 1 ? 'one attempt' : `${attempts} attempts`;
  const why = says === null ? '' : `: ${says}`;
  switch (happenedOf(item)) {
    case 'yes':
      return `${effect} took effect (attempt ${attempts})`;
    case 'no':
      return outcome === 'cancelled'
        ? `${effect} was cancelled and did not take effect`
        : `${effect} did not take effect (${tries})${why}`;
    case 'in_doubt':
      if (state === 'settled') return `whether ${effect} took effect is unknown (${tries})${why}`;
      if (state === 'held')
        return `whether ${effect} took effect is unknown (${tries}); a person has to say`;
      return state === 'leased'
        ? `whether ${effect} took effect is unknown so far; attempt ${attempts} is under way`
        : `whether ${effect} took effect is unknown so far (${tries}); next attempt at ${timeText(dueAt)}`;
    case 'not_yet':
      if (state === 'held')
        return `${effect} did not take effect (${tries}); it is held for a person`;
      if (state === 'leased') return `${effect} is being called (attempt ${attempts})`;
      return attempts === 0
        ? `${effect} has not been called yet`
        : `${effect} did not take effect so far (${tries}); next attempt at ${timeText(dueAt)}`;
  }
}

function undoneText(undone: Happened | null, effect: string | null): string {
  const by = effect ?? 'its undo';
  switch (undone) {
    case null:
      return '';
    case 'yes':
      return `, and was undone by ${by}`;
    case 'no':
      return `; ${by}, which was to undo it, did not take effect`;
    case 'in_doubt':
      return `; whether ${by} undid it is unknown`;
    case 'not_yet':
      return `; ${by} is to undo it`;
  }
}
