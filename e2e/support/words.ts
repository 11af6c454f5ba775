/** The names a person sees, taken from the locales, so that a journey reads the page as a viewer of that language does. */
import { readFileSync } from 'node:fs';

export const LANGUAGES = ['en', 'zh-CN'] as const;
export type Language = (typeof LANGUAGES)[number];
/** What the pages speak; journeys are walked in the `LANGUAGES`. */
export type Spoken = Language | 'es' | 'ja';
export interface Said {
  /** Matches exactly what the page says for this message. */
  (id: string, args?: Record<string, string>): RegExp;
  /** The message as it stands in the locale. */
  text(id: string): string;
}

/** The messages of one line in a locale's file. */
export function wordsOf(language: Spoken, page: 'console' | 'watch'): Said {
  const file = readFileSync(new URL(`../../locales/${language}/${page}.ftl`, import.meta.url), 'utf8');
  const messages = new Map([...file.matchAll(/^([a-z][\w-]*) = (.+)$/gm)].map(([, id, value]) => [id!, value!]));
  const text = (id: string) => {
    const message = messages.get(id);
    if (message === undefined) throw new Error(`${language}/${page}.ftl has no line ${id}`);
    return message;
  };
  const said = (id: string, args: Record<string, string> = {}) => {
    // Fluent puts invisible isolation marks around what it fills in.
    const parts = text(id).split(/\{ \$(\w+) \}/).map((part, at) => (at % 2 ? `\u2068?${escaped(args[part]) ?? '.*'}\u2069?` : escaped(part)));
    return new RegExp(`^\\s*${parts.join('')}\\s*$`);
  };
  return Object.assign(said, { text });
}

function escaped(text: string): string;
function escaped(text: string | undefined): string | undefined;
function escaped(text: string | undefined): string | undefined {
  return text?.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
