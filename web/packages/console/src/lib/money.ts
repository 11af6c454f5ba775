/** Typed unit prices, read and written digit by digit, so that nothing is rounded. */

const MICRO = 1_000_000;

/** A typed price in millionths, or `undefined` when it is none. */
export function microOf(typed: string): number | undefined {
  const match = /^(\d{1,9})(?:\.(\d{1,6}))?$/.exec(typed.trim());
  if (!match) return undefined;
  return Number(match[1]) * MICRO + Number((match[2] ?? '').padEnd(6, '0'));
}

/** Millionths as typed digits, without idle zeros. */
export function typedPrice(micro: number): string {
  const whole = Math.floor(micro / MICRO);
  const part = String(micro % MICRO).padStart(6, '0').replace(/0+$/, '');
  return part ? `${whole}.${part.padEnd(2, '0')}` : String(whole);
}
