// Quantities a seller accepts: the MOQ and steps of the multiple above it, no more than is left.

export interface Rules { moq: number; multiple: number; most?: number }
export type QuantityFault = 'quantity-least' | 'quantity-rule' | 'quantity-left';

/** The smallest quantity that keeps the rules. */
export const least = ({ moq }: Rules): number => Math.max(1, moq);

export function faultOf(quantity: number, rules: Rules): QuantityFault | null {
  const step = Math.max(1, rules.multiple);
  const past = quantity - least(rules);
  if (!(Number.isInteger(quantity) && past >= 0 && past % step === 0)) return step > 1 ? 'quantity-rule' : 'quantity-least';
  return rules.most !== undefined && quantity > rules.most ? 'quantity-left' : null;
}
