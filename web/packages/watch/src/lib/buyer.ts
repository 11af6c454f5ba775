// A buyer's details stay on the device, so that the second order takes one press. Storage may be refused: then they
// last as long as the page.
import type { BuyerDetails } from '@livefair/api/types';

const KEY = 'lf-buyer';
export type Remembered = Omit<BuyerDetails, 'lang'>;
let kept: Remembered = { company: '', name: '', email: '', country: '' };

export function remembered(): Remembered {
  try {
    return { ...kept, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Remembered>) };
  } catch {
    return { ...kept };
  }
}

export function remember(buyer: Remembered): void {
  kept = { ...buyer };
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // private mode, or storage is full
  }
}
