/** Templates made ready once per release, and filled for each attempt. */
import { EffectFault, parseTemplate } from '@holdfast/core';
import type { Json, TemplatePart } from '@holdfast/core';
import { templateFault } from './template-scope.ts';
import type { TemplateScope } from './template-scope.ts';

/** Fills a template. Throws an `EffectFault` where the input or the configuration does not fit. */
export type Fill<T> = (scope: TemplateScope) => T;

/**
 * Text as it stands, holes filled as they are: for header values and for strings of a body.
 *
 * @param escape what to do with the values of holes, those of references excepted
 */
export function compileText(
  template: string,
  escape: (value: string) => string = (value) => value,
): Fill<string> {
  const parts = parseTemplate(template);
  const [only] = parts;
  if (parts.length === 0) return () => '';
  if (parts.length === 1 && only?.kind === 'text') return () => only.text;
  return (scope) => {
    let text = '';
    for (const part of parts) {
      if (part.kind === 'text') text += part.text;
      else text += part.kind === 'reference' ? scope.text(part) : escape(scope.text(part));
    }
    return text;
  };
}

/** RFC 3986 §5.2.4: segments that a server would resolve away. */
const DOT_SEGMENT = /(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i;

/**
 * A URL. Values are percent-encoded; one that stands in the path must not be empty nor make a dot segment, so that an
 * input never leads to another resource than the template names.
 */
export function compileUrl(template: string): Fill<URL> {
  const parts = parseTemplate(template);
  return (scope) => {
    let text = '';
    let inQuery = false;
    for (const [at, part] of parts.entries()) {
      if (at === 0 && part.kind === 'field') {
        text = baseOfInput(scope.text(part), part.source);
        inQuery = text.includes('?');
      } else if (part.kind === 'text') {
        // A base that ends in "/" and a path that starts with one make one.
        text += part.text.startsWith('/') && text.endsWith('/') ? part.text.slice(1) : part.text;
        inQuery ||= part.text.includes('?');
      } else if (part.kind === 'reference') {
        text += scope.text(part);
      } else {
        text += encoded(scope, part, inQuery);
      }
    }
    return httpUrl(text, template);
  };
}

/** Credentials and fragments in it are somebody's attempt at something: a URL that is called has neither. */
function baseOfInput(text: string, source: string): string {
  const url = /^https?:\/\//i.test(text) ? URL.parse(text) : null;
  if (url === null || url.username !== '' || url.password !== '' || url.hash !== '') {
    throw templateFault(`${source} is no http URL without credentials and fragment`);
  }
  return url.pathname === '/' && url.search === '' ? url.origin : url.href;
}

/** Only the configuration can spoil a URL so. The message names the template, never what a reference gave. */
function configFault(message: string): EffectFault {
  return new EffectFault({ kind: 'not_done', error: { code: 'config.invalid', message } });
}

function encoded(
  scope: TemplateScope,
  part: Exclude<TemplatePart, { kind: 'text' }>,
  inQuery: boolean,
): string {
  const value = scope.text(part);
  if (value === '' && !inQuery) throw templateFault(`${part.source} is empty and stands in a path`);
  return encodeURIComponent(value.toWellFormed());
}

function httpUrl(text: string, template: string): URL {
  const path = /^https?:\/\/[^/?#]*([^?#]*)/.exec(text)?.[1];
  const url = path === undefined ? null : URL.parse(text);
  if (path === undefined || url === null) throw configFault(`${template} gives no http URL`);
  if (DOT_SEGMENT.test(path)) throw templateFault(`${template} gives a path with a dot segment`);
  return url;
}

/**
 * A body: JSON in which a string that is one hole takes the hole's value with its type, a string with holes and text
 * takes them as text, and all else stands. A member whose hole has no value is left out; in a list it is null.
 */
export function compileBody(template: Json): Fill<string> {
  const fill = compileValue(template);
  return (scope) => JSON.stringify(fill(scope) ?? null);
}

function compileValue(template: Json): Fill<unknown> {
  if (typeof template === 'string') return compileString(template);
  if (typeof template !== 'object' || template === null) return () => template;
  if (isList(template)) {
    const items = template.map(compileValue);
    return (scope) => items.map((fill) => fill(scope));
  }
  const members = Object.entries(template).map(
    ([name, value]) => [name, compileValue(value)] as const,
  );
  return (scope) => {
    const filled: [string, unknown][] = [];
    for (const [name, fill] of members) filled.push([name, fill(scope)]);
    return Object.fromEntries(filled);
  };
}

function compileString(template: string): Fill<unknown> {
  const parts = parseTemplate(template);
  const [only] = parts;
  if (parts.length === 1 && only !== undefined && only.kind !== 'text') {
    return (scope) => scope.value(only);
  }
  return compileText(template);
}

function isList(value: object): value is readonly Json[] {
  return Array.isArray(value);
}

/** MQTT 3.1.1 §4.7.1: a level of a topic name holds no separator and no wildcard; nothing holds U+0000. */
const NOT_IN_A_LEVEL = /[/+#\u0000]/;

/** A topic. A value fills one level: it is not empty and holds no `/`, `+` or `#`. */
export function compileTopic(template: string): Fill<string> {
  const parts = parseTemplate(template);
  return (scope) => {
    let topic = '';
    for (const part of parts) {
      if (part.kind === 'text') {
        topic += part.text;
        continue;
      }
      const value = scope.text(part);
      if (part.kind !== 'reference' && (value === '' || NOT_IN_A_LEVEL.test(value))) {
        throw templateFault(`${part.source} cannot fill a level of a topic`);
      }
      topic += value;
    }
    return topic;
  };
}
