/** Where the palette leads. */

import { catalogue, shows } from '../api';
import { at, me } from '../session.svelte';
import { isOpen } from '../shows/states';
import type { Show } from '../types';
import { t, words } from '../words.svelte';

export interface Place { name: string; href: string; /** What it is, in a word. */ kind: string }

const MOST_OF_A_KIND = 6;
const KEPT_MS = 30_000;
let kept: { at: number; of: string | undefined; shows: Promise<Show[]> } | undefined;

/** Pages, shows and products whose name has what was typed; pages alone while nothing was. */
export async function findPlaces(typed: string): Promise<Place[]> {
  const sought = folded(typed.trim());
  const fitting = (places: Place[]) => places.filter(({ name }) => folded(name).includes(sought)).slice(0, MOST_OF_A_KIND);
  if (!sought) return pages();
  const [events, products] = await Promise.all([knownShows(), catalogue.list({ q: typed.trim(), limit: MOST_OF_A_KIND }).catch(() => ({ items: [] }))]);
  return [
    ...fitting(pages()),
    ...fitting(events.flatMap(placesOf)),
    ...products.items.map(({ id, names, sku }) => ({ name: `${words.of(names)} · ${sku}`, href: at(`/catalogue/${id}`), kind: t('product') })),
  ];
}

function pages(): Place[] {
  const all: [path: string, id: string, may?: boolean][] = [
    ['/shows', 'nav-shows'], ['/shows/new', 'show-plan', me.may('plan_events')],
    ['/catalogue', 'nav-catalogue'], ['/catalogue/new', 'product-add', me.may('manage_catalog')], ['/catalogue/import', 'import', me.may('manage_catalog')],
    ['/deals', 'orders', me.may('see_trade')], ['/deals/inquiries', 'inquiries', me.may('see_trade')],
    ['/settings', 'nav-settings'], ['/settings/people', 'settings-people', me.may('see_people')], ['/settings/tokens', 'settings-tokens', me.may('manage_org')],
  ];
  return all.filter(([, , may]) => may !== false).map(([path, id]) => ({ name: t(id), href: at(path), kind: t('palette-page') }));
}

function placesOf({ id, title, state }: Show): Place[] {
  const show = { name: words.of(title), href: at(`/shows/${id}`), kind: t('show') };
  return isOpen(state) ? [{ ...show, href: at(`/shows/${id}/desk`), kind: t('palette-desk') }, show] : [show];
}

async function knownShows(): Promise<Show[]> {
  const of = me.now?.person?.id; // whoever logs in after another sees their own
  if (!kept || kept.of !== of || Date.now() - kept.at > KEPT_MS) {
    kept = { at: Date.now(), of, shows: shows.list().then(({ items }) => items, () => []) };
  }
  return kept.shows;
}

function folded(text: string): string {
  return text.toLocaleLowerCase().normalize('NFKD').replace(/\p{M}/gu, '');
}
