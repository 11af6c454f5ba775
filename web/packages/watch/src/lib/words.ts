// One language reaches a page: the shell embeds it (`<script type="text/plain" id="words">`), else it is fetched.
import { setWords, Words } from '@livefair/ui/words.ts';

export async function loadWords(lang: string): Promise<void> {
  const embedded = document.getElementById('words')?.textContent;
  const texts = embedded ? [embedded] : await (await import('./fetch-words.ts')).fetchWords(lang);
  setWords(new Words(lang, texts));
}
