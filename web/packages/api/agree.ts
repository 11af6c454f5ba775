// The types that pages read must be those the server says: this file does not compile when they drift apart.
import type { components } from './schema.ts';
import type * as read from './types.ts';

type Said = components['schemas'];
type Reads<Page, Server extends Page> = [Page, Server];

export type Agreed = [
  Reads<read.ShowView, Said['ShowView']>,
  Reads<read.ProductCard, Said['ProductCard']>,
  Reads<read.OrderView, Said['OrderView']>,
];
