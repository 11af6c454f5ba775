/** The wall clock for everything that counts, one tick a second. */
class Now {
  ms = $state(Date.now());

  constructor() {
    setInterval(() => (this.ms = Date.now()), 1_000);
  }
}

export const now = new Now();
