// Reads Fluent text into the form that `said.ts` says; for the build and the tests.
import { FluentResource } from '@fluent/bundle';
import type { Messages, Part, Pattern } from './said.ts';

type Read = FluentResource['body'][number];
type ReadPattern = NonNullable<Read['value']>;

/** The messages of `texts`, attributes as `id.attribute`. Refuses what the pages do not use: terms, functions, references. */
export function readWords(texts: string[]): Messages {
  const messages: Messages = {};
  for (const { id, value, attributes } of texts.flatMap((text) => new FluentResource(text).body)) {
    if (value !== null) messages[id] = patternOf(value);
    for (const [name, pattern] of Object.entries(attributes)) messages[`${id}.${name}`] = patternOf(pattern);
  }
  return messages;
}

function patternOf(pattern: ReadPattern): Pattern {
  if (typeof pattern === 'string') return pattern;
  return pattern.map((element): string | Part => {
    if (typeof element === 'string') return element;
    if (element.type === 'str') return element.value;
    if (element.type === 'var') return { v: element.name };
    if (element.type !== 'select' || element.selector.type !== 'var') throw new Error(`words: ${JSON.stringify(element)} is not for pages`);
    const part: Part = { v: element.selector.name };
    element.variants.forEach(({ key, value }, at) => {
      if ('value' in key) part[String(key.value)] = patternOf(value);
      if (at === element.star) part['*'] = patternOf(value);
    });
    return part;
  });
}
