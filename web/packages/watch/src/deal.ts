import { mount } from 'svelte';
import Deal from './Deal.svelte';
import { readBoot } from './lib/boot.ts';
import { loadWords } from './lib/words.ts';

const target = document.getElementById('deal');
const boot = readBoot<{ lang: string }>();
const seller = document.querySelector('.lf-brand')?.textContent?.trim();
// The token stands in the address only; it goes to the server in a header, so that no log keeps it.
const token = decodeURIComponent(location.pathname.split('/')[2] ?? '');
if (target && boot) {
  loadWords(boot.lang);
  target.replaceChildren();
  mount(Deal, { target, props: { token, seller } });
}
