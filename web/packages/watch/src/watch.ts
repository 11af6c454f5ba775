import { mount } from 'svelte';
import { type Boot, readBoot } from './lib/boot.ts';
import { loadWords } from './lib/words.ts';
import Watch from './Watch.svelte';

const target = document.getElementById('show');
const boot = readBoot<Boot>();
if (target && boot) {
  loadWords(boot.lang);
  target.replaceChildren();
  mount(Watch, { target, props: { boot } });
}
