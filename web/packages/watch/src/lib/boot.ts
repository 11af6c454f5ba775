// What the shell says about the page (`<script type="application/json" id="boot">`).
import type { ProductCard, ShowView } from '@livefair/api/types';

export interface Boot {
  event: string;
  lang: string;
  show: ShowView;
  products: ProductCard[];
  /** `/live/{event}/index.m3u8` */
  media: string;
  /** The show for a calendar: `/e/{event}/show.ics`. */
  calendar: string;
}

export function readBoot<T>(): T | null {
  const text = document.getElementById('boot')?.textContent;
  return text ? (JSON.parse(text) as T) : null;
}
