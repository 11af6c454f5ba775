// Numbers, money and times in the reader's language. Money carries its currency code; times carry their zone.

// ISO 4217, as the server counts minor units. `Intl` cannot be asked: it answers with the digits that are in common
// use, 0 for IQD, whose minor unit is a thousandth, and shows such a price a thousandfold.
const DIGITS: Record<number, string> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};
const exponents = new Map(Object.entries(DIGITS).flatMap(([digits, codes]) => codes.split(' ').map((code) => [code, Number(digits)])));

/** Digits after the point of a currency: 2 for USD, 0 for JPY, 3 for KWD. */
export function exponent(currency: string): number {
  return exponents.get(currency) ?? 2;
}

export function number(value: number, lang: string): string {
  return new Intl.NumberFormat(lang).format(value);
}

function amount(value: number, currency: string, least: number, most: number, lang: string): string {
  const digits = new Intl.NumberFormat(lang, { minimumFractionDigits: least, maximumFractionDigits: most }).format(value);
  return `${currency} ${digits}`;
}

/** `USD 12,345.60`. */
export function money(of: { minor: number; currency: string }, lang: string): string {
  const digits = exponent(of.currency);
  return amount(of.minor / 10 ** digits, of.currency, digits, digits, lang);
}

/** A unit price may go below a cent: `USD 0.0825`. */
export function unitPrice(of: { micro: number; currency: string }, lang: string): string {
  return amount(of.micro / 1e6, of.currency, exponent(of.currency), 6, lang);
}

/** A day and time with the zone named: `Wed, 12 May, 14:00 CEST`. */
export function moment(at: string | number, lang: string, timeZone?: string): string {
  return new Intl.DateTimeFormat(lang, {
    weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', timeZoneName: 'short', timeZone,
  }).format(new Date(at));
}

/** `1:02:03`, `04:59`; never negative. */
export function clockFace(ms: number): string {
  const s = Math.max(0, Math.ceil(ms / 1000));
  const two = (n: number) => String(n).padStart(2, '0');
  const h = Math.floor(s / 3600);
  return `${h ? `${h}:` : ''}${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}

/** Whole days, hours and minutes until `ms` have passed, in words of the reader: `2 days 3 hr`. */
export function untilWords(ms: number, lang: string): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  const parts: [number, string][] = [[Math.floor(minutes / 1440), 'day'], [Math.floor(minutes / 60) % 24, 'hour'], [minutes % 60, 'minute']];
  const from = parts.findIndex(([n]) => n > 0);
  return parts
    .slice(from < 0 ? 2 : from, from < 0 ? 3 : from + 2)
    .map(([n, unit]) => new Intl.NumberFormat(lang, { style: 'unit', unit, unitDisplay: 'long' }).format(n))
    .join(' ');
}

/** The price tier that `quantity` reaches. */
export function tierFor<T extends { min_quantity: number }>(tiers: T[], quantity: number): T | undefined {
  return tiers.reduce<T | undefined>(
    (best, tier) => (tier.min_quantity <= quantity && (!best || tier.min_quantity > best.min_quantity) ? tier : best),
    undefined,
  );
}
