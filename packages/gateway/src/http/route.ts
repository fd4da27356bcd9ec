/**
 * One route of the API, as data: what it is called by, what it needs, what it takes and answers. The same record mounts
 * it, guards it and describes it in `/openapi.json`, so that the three cannot differ.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import { z } from 'zod';
import { HoldfastError } from '@holdfast/core';
import type { ErrorCode, Fault, TenantId } from '@holdfast/core';
import type { Actor } from '@holdfast/engine';
import type { Principal, Scope } from '../access/key-ring.ts';
import { escapePointer } from '../ingest/json-value.ts';
import type { Answer } from './answer.ts';
import type { Caller } from './authorize.ts';
import type { HttpEnv } from './http-port.ts';
import { queryValues } from './query-values.ts';
import { checkedJson, parseJsonBody, readBody } from './request-body.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What a route's handler gets. */
export interface Call<Q, B> {
  /** Path parameters by name, percent-decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Q;
  readonly body: B;
  readonly incoming: IncomingMessage;
  /** Aborted when the listener begins to close. */
  readonly closing: AbortSignal;
}

/** The same with a caller, on every route that needs a key. */
export interface KeyCall<Q, B> extends Call<Q, B> {
  readonly principal: Principal;
  readonly tenant: TenantId;
  readonly tenantNamed: boolean;
  /** After an await: @throws HttpError 401 `auth.refused` where the key has ended meanwhile. */
  readonly assertCurrent: () => void;
  actor(reason?: string): Actor;
}

/** How a body is described where a handler reads it itself. */
interface BodyDescription {
  readonly description: string;
  readonly required: boolean;
  /** Media type to schema; null for any JSON. */
  readonly content: Readonly<Record<string, z.ZodType | null>>;
}

/** For a route without query parameters: any is refused. */
export const NO_QUERY = z.strictObject({});
/** For a route without a body, or whose handler reads it itself. */
export const NO_BODY = z.undefined();

interface Spec<Q extends z.ZodObject, B extends z.ZodType> {
  readonly method: Method;
  /** With `{name}` for parameters. */
  readonly path: string;
  /** The operation's id in `/openapi.json`. */
  readonly operation: string;
  readonly summary: string;
  readonly query: Q;
  /** Shape of a JSON body; an empty one is read as `{}`. */
  readonly body: B;
  /** Largest body, in bytes. Default 1 MiB. */
  readonly bodyLimit?: number;
  /** For a handler that reads the body itself. */
  readonly bodyDescription?: BodyDescription;
  /** Status to what it carries: a schema, null for nothing, or the media type of what is not JSON. Problems go without saying. */
  readonly answers: Readonly<Record<number, z.ZodType | string | null>>;
  /** Codes of problems that it may answer beside those of every route of its kind (`problem-codes.ts`). Default none. */
  readonly errors?: readonly ErrorCode[];
}

export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly operation: string;
  readonly summary: string;
  /** `open`: needs no key. `any`: a key, or a session, with whatever scopes. */
  readonly scope: Scope | 'open' | 'any';
  readonly query: z.ZodObject;
  readonly body: BodyDescription | null;
  readonly answers: Readonly<Record<number, z.ZodType | string | null>>;
  readonly errors: readonly ErrorCode[];
  /** `caller` is null on open routes only. */
  readonly run: (context: Context<HttpEnv>, caller: Caller | null) => Promise<Answer>;
}

type Handle<C> = (call: C) => Promise<Answer>;

/** A route for callers whose key has `scope`; `any`: for whoever has one. */
export function keyRoute<Q extends z.ZodObject, B extends z.ZodType>(
  spec: Spec<Q, B> & {
    readonly scope: Scope | 'any';
    readonly handle: Handle<KeyCall<z.output<Q>, z.output<B>>>;
  },
): Route {
  return routeOf(spec, spec.scope, (call, caller) => {
    if (caller === null) throw new Error(`${spec.method} ${spec.path} was called without a caller`);
    const actor = (reason?: string): Actor => ({
      by: caller.principal.keyId,
      reason: reason ?? null,
    });
    return spec.handle({ ...call, ...caller, actor });
  });
}

/** A route that needs no key. */
export function openRoute<Q extends z.ZodObject, B extends z.ZodType>(
  spec: Spec<Q, B> & { readonly handle: Handle<Call<z.output<Q>, z.output<B>>> },
): Route {
  return routeOf(spec, 'open', (call) => spec.handle(call));
}

function routeOf<Q extends z.ZodObject, B extends z.ZodType>(
  spec: Spec<Q, B>,
  scope: Scope | 'open' | 'any',
  handle: (call: Call<z.output<Q>, z.output<B>>, caller: Caller | null) => Promise<Answer>,
): Route {
  const hasBody = !(spec.body instanceof z.ZodUndefined);
  const described: BodyDescription | null = hasBody
    ? { description: '', required: false, content: { 'application/json': spec.body } }
    : null;
  return {
    method: spec.method,
    path: spec.path,
    operation: spec.operation,
    summary: spec.summary,
    scope,
    query: spec.query,
    body: spec.bodyDescription ?? described,
    answers: spec.answers,
    errors: spec.errors ?? [],
    run: async (context, caller) => {
      const { incoming, closing } = context.env;
      const params = checkedParameters(context.req.param());
      const given = queryValues(spec.query.shape, context.req.queries());
      const query = checkShape(spec.query, given, 'query');
      const sent = hasBody
        ? await readJson(incoming, spec.bodyLimit ?? DEFAULT_BODY_BYTES)
        : undefined;
      const body = checkShape(spec.body, sent, 'body');
      // A body may have been a minute on its way.
      if (hasBody) caller?.assertCurrent();
      return handle({ params, query, body, incoming, closing }, caller);
    },
  };
}

/** Bodies of acts: a reason, a payload. */
const DEFAULT_BODY_BYTES = 1024 * 1024;

async function readJson(incoming: IncomingMessage, limit: number): Promise<unknown> {
  const bytes = await readBody(incoming, limit);
  return bytes.length === 0 ? {} : checkedJson(parseJsonBody(bytes, 'request.invalid'));
}

/** @throws HoldfastError `request.invalid`, naming each field. */
function checkShape<T extends z.ZodType>(
  schema: T,
  value: unknown,
  where: 'query' | 'body',
): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = faultsOf(parsed.error, where === 'query' ? '?' : '');
  const [first] = faults;
  throw new HoldfastError(
    'request.invalid',
    `${first?.at ?? where}: ${first?.message ?? 'is not valid'}`,
    { faults },
  );
}

/** zod's issues as faults; `at` is a JSON pointer, or `?name` for a query parameter. */
export function faultsOf(error: z.ZodError, prefix: '' | '?' = ''): readonly Fault[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.map((part) => escapePointer(String(part)));
    // A parameter is one text, also where it holds several values.
    const at = prefix === '?' ? `?${path[0] ?? ''}` : path.map((part) => `/${part}`).join('');
    if (issue.code !== 'unrecognized_keys') return [{ at, message: issue.message }];
    return issue.keys.map((key) => ({
      at: prefix === '?' ? `?${key}` : `${at}/${escapePointer(key)}`,
      message: 'is not known here',
    }));
  });
}

/** @throws HoldfastError `request.invalid` for U+0000, which no stored text may hold. */
function checkedParameters(params: Record<string, string>): Readonly<Record<string, string>> {
  for (const [name, value] of Object.entries(params)) {
    if (!value.includes('\u0000')) continue;
    throw new HoldfastError('request.invalid', `${name} holds U+0000`, {
      faults: [{ at: `{${name}}`, message: 'holds U+0000' }],
    });
  }
  return params;
}

/** A path parameter that the route's own path names. */
export function parameter(
  call: { readonly params: Readonly<Record<string, string>> },
  name: string,
): string {
  const value = call.params[name];
  if (value === undefined) throw new Error(`the route has no parameter "${name}"`);
  return value;
}
