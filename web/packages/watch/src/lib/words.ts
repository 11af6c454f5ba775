// One language reaches a page: the shell puts its messages there (`<script type="application/json" id="words">`).
import { type Messages, Said } from '@livefair/ui/said.ts';
import { setWords } from '@livefair/ui/words.ts';

export function loadWords(lang: string): void {
  const text = document.getElementById('words')?.textContent;
  setWords(new Said(lang, text ? (JSON.parse(text) as Messages) : {}));
}
