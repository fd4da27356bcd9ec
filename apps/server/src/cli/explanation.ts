/**
 * Where an instance stands, why, and what comes next, for a terminal.
 *
 * @module
 */
import type { EffectAnswer, Explanation, OpenStep, StateChange } from '@holdfast/core';
import { jsonLine } from './json-text.ts';
import type { Output } from './output.ts';
import type { Palette } from './palette.ts';
import { plainText } from './plain-text.ts';
import { localTime } from './time-text.ts';

/** What the sentences of the API hold of times. */
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g;
/** Changes of a state that are shown. */
const SHOWN_CHANGES = 40;

const MARKS: Readonly<Record<EffectAnswer['happened'], string>> = {
  yes: 'yes',
  no: 'no',
  in_doubt: 'in doubt',
  not_yet: 'not yet',
};

export function printEffects(out: Output, effects: readonly EffectAnswer[]): void {
  if (effects.length === 0) return;
  const { paint } = out;
  out.line();
  out.table(effects, [
    { title: 'EFFECT', value: ({ effect }) => effect, paint: paint.name },
    {
      title: 'HAPPENED',
      value: ({ happened }) => MARKS[happened],
      paint: (text, { happened }) => paintHappened(text, happened, paint),
    },
    { title: 'UNDONE', value: ({ undone }) => (undone === null ? '' : MARKS[undone]) },
    { title: 'ATTEMPTS', value: ({ attempts }) => attempts, align: 'right' },
    { title: 'STEP', value: ({ step }) => step, paint: paint.dim, flexible: true },
  ]);
}

function paintHappened(text: string, happened: EffectAnswer['happened'], paint: Palette): string {
  return happened === 'in_doubt' ? paint.bad(text) : text;
}

export function printExplanation(out: Output, explanation: Explanation): void {
  const { paint } = out;
  const { summary, open, next, decision, cause, parent, children, linesMissing } = explanation;
  const of = (ref: { saga: string; key: string; run: number }): string =>
    plainText(`${ref.saga} ${ref.key}${ref.run === 1 ? '' : ` run ${ref.run}`}`);
  out.line(paint.bold('where and why'));
  out.line(`  ${sentence(summary)}`);
  for (const step of open) printStep(out, step);
  const related: string[] = [];
  if (cause !== null) {
    const by = cause.instance === null ? (cause.saga ?? cause.source) : of(cause.instance);
    related.push(plainText(`started by ${cause.type} (seq ${cause.seq}) of ${by}`));
  }
  if (parent !== null) related.push(`child of ${of(parent)}`);
  for (const child of children) related.push(`parent of ${of(child)}, ${child.status}`);
  for (const line of related) out.line(paint.dim(`  ${line}`));
  const { state, reason } = decision?.check ?? { state: 'same', reason: null };
  if (state !== 'same' && reason !== null) {
    const said = state === 'differs' ? 'decided again, it differs' : 'it was not decided again';
    out.line(paint.dim(`  ${said}: ${plainText(reason)}`));
  }
  if (linesMissing !== null)
    out.line(paint.dim(`  without lines of source: ${plainText(linesMissing)}`));
  if (next.length === 0) return;
  out.line(paint.bold('next'));
  for (const each of next) out.line(`  ${sentence(each)}`);
}

function printStep(out: Output, { step, text, at, kind }: OpenStep): void {
  const { paint } = out;
  const name = kind === 'failure' ? paint.bad(plainText(step)) : paint.name(plainText(step));
  out.line(`  ${name}  ${sentence(text)}`);
  if (at === null) return;
  const { file, line, column, source } = at;
  const place = `${file}:${line}:${column}`;
  out.line(paint.dim(`    ${plainText(source === null ? place : `${place}  ${source}`)}`));
}

/** What changed with a version. */
export function printChanges(out: Output, changes: readonly StateChange[]): void {
  const { paint } = out;
  out.line(paint.dim('changes'));
  for (const { path, kind, before, after } of changes.slice(0, SHOWN_CHANGES)) {
    const where = plainText(path === '' ? '(all)' : path);
    const had = before === undefined ? '' : `- ${jsonLine(before)}`;
    const has = after === undefined ? '' : `+ ${jsonLine(after)}`;
    out.line(
      `  ${kind} ${paint.name(where)}  ${[had, has].filter((text) => text !== '').join('  ')}`,
    );
  }
  const left = changes.length - SHOWN_CHANGES;
  if (left > 0) out.line(paint.dim(`  and ${left} more`));
}

/** Times as whoever reads a terminal has them. */
function sentence(text: string): string {
  return plainText(text).replace(TIME, (time) => localTime(time));
}
