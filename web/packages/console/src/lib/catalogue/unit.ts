/** Units of trade in the reader's words, which `units.ftl` has by their UN/ECE code. */

import { t, words } from '../words.svelte';

/** What the form offers, the commonest first. */
export const UNITS = ['H87', 'SET', 'PR', 'DZN', 'XBX', 'XCT', 'XPK', 'XRO', 'XBG', 'KGM', 'MTR', 'MTK', 'LTR'] as const;
const PLAIN: Record<string, string> = { piece: 'H87', pcs: 'H87', set: 'SET', pair: 'PR', box: 'XBX' };

/** The code of a unit in plain English; another stays as its seller wrote it. */
export function unitCode(unit: string): string {
  return PLAIN[unit.toLowerCase()] ?? unit;
}

/** A unit's word beside a count. */
export function unitWord(unit: string, count: number): string {
  const id = `unit-${unitCode(unit).toLowerCase()}`;
  return words.has(id) ? t(id, { count }) : unit;
}

/** `1,200 sets`. */
export function counted(count: number, unit: string): string {
  return `${words.number(count)} ${unitWord(unit, count)}`;
}
