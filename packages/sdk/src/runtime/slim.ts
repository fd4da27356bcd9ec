/**
 * Definitions as programs have them: names, no settings, schemas or effect functions. The builder blanks those
 * arguments; where it cannot, they are ignored here.
 *
 * @module
 */
import type {
  AnySaga,
  CallOptions,
  EffectDefinition,
  EventDefinition,
  WaitDefinition,
} from './definitions.ts';
import { Operation } from './operation.ts';
import type { AnyReducer } from './reducer-definition.ts';

export function event<Data>(type: string): EventDefinition<Data> {
  return { kind: 'event', type };
}

export function wait<Payload>(name: string): WaitDefinition<Payload> {
  return { kind: 'wait', name };
}

export function effect<Input, Output>(name: string): EffectDefinition<Input, Output> {
  const call = (input: Input, { undo }: CallOptions<Output> = {}): Operation<Output> =>
    new Operation({ kind: 'effect', name, input, undo });
  return Object.defineProperty(Object.assign(call, { kind: 'effect' as const }), 'name', {
    value: name,
  });
}

/** To a program a command is an effect: who makes the call is none of its business. */
export function command<Input, Output>(name: string): EffectDefinition<Input, Output> {
  return effect(name);
}

export function saga(name: string, options: AnySaga['options'], body: AnySaga['body']): AnySaga {
  return { kind: 'saga', name, options, body };
}

export function reducer(name: string, options: AnyReducer['options']): AnyReducer {
  return { kind: 'reducer', name, options };
}
