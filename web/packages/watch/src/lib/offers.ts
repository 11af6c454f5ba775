// Which offer on a product a buyer sees, out of all that were ever said about it.
import type { OfferView } from '@livefair/api/types';
import type { Offer } from '@livefair/ui/room/view.ts';

/** An offer as the room tells it, or as it was read while the room could not be reached. */
export type Told = Offer | OfferView;

const time = (at: string | number | null | undefined, none: number): number => (at ? new Date(at).getTime() : none);
export const startOf = ({ starts_at }: Offer): number => time(starts_at, 0);
export const endOf = ({ ends_at }: Offer): number => time(ends_at, Infinity);

/** The newest word on each offer. Versions count within one offer only. */
export function newest(told: Told[]): Map<string, Offer> {
  const offers = new Map<string, Offer>();
  for (const one of told) {
    const offer: Offer = 'offer' in one ? one : { ...one, offer: one.id };
    if ((offers.get(offer.offer)?.version ?? -1) < offer.version) offers.set(offer.offer, offer);
  }
  return offers;
}

const isSoldOut = ({ state, left }: Offer): boolean => state === 'sold_out' || left <= 0;
export const isRunning = (offer: Offer, now: number): boolean =>
  offer.state === 'active' && !isSoldOut(offer) && startOf(offer) <= now && endOf(offer) > now;

/** The offer that runs, else the next that will, else the last that sold out. */
export function chosen(offers: Iterable<Offer>, product: string, now: number): Offer | undefined {
  const shown = [...offers]
    .filter((offer) => offer.product === product && (offer.state === 'active' || offer.state === 'sold_out'))
    .sort((a, b) => startOf(b) - startOf(a));
  return shown.find((offer) => isRunning(offer, now)) ?? shown.findLast((offer) => !isSoldOut(offer) && startOf(offer) > now) ?? shown.find(isSoldOut);
}
