// Quantities a seller accepts: at least the MOQ, in multiples, no more than is left.

export interface Rules { moq: number; multiple: number; most?: number }
export type QuantityFault = 'quantity-least' | 'quantity-rule' | 'quantity-left';

/** The smallest quantity that keeps the rules. */
export function least({ moq, multiple }: Rules): number {
  const step = Math.max(1, multiple);
  return Math.max(step, Math.ceil(moq / step) * step);
}

export function faultOf(quantity: number, rules: Rules): QuantityFault | null {
  const step = Math.max(1, rules.multiple);
  if (!Number.isInteger(quantity) || quantity < least(rules)) return step > 1 ? 'quantity-rule' : 'quantity-least';
  if (quantity % step !== 0) return 'quantity-rule';
  if (rules.most !== undefined && quantity > rules.most) return 'quantity-left';
  return null;
}
