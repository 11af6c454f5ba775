import { exponent } from './format.ts';

/** Minor units of `quantity` pieces at `price`, rounded half up as the server does; what is shown, never what is charged. */
export function total(price: { micro: number; currency: string }, quantity: number): { minor: number; currency: string } {
  const perMinor = 10n ** BigInt(6 - exponent(price.currency));
  const micros = BigInt(price.micro) * BigInt(Math.trunc(quantity));
  return { minor: Number((micros + perMinor / 2n) / perMinor), currency: price.currency };
}
