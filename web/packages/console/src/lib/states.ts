/** The words of states that lists filter by. */

import type { OrderState, ProductState } from './types';

export const ORDER_STATES = ['placed', 'confirmed', 'cancelled', 'expired'] as const satisfies OrderState[];
export const PRODUCT_STATES = ['draft', 'published', 'paused', 'retired'] as const satisfies ProductState[];
