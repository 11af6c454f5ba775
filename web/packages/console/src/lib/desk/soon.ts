/** Does something soon after it was asked for: what is asked meanwhile is done with it, what is asked during it, once more. */
export class Soon {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isRunning = false;
  #isAsked = false;

  /** At the latest `ms` after the first wish; never two at once. */
  constructor(
    readonly act: () => Promise<void>,
    readonly ms: number,
  ) {}

  ask(wait_ms = this.ms): void {
    if (this.#isRunning) this.#isAsked = true;
    else this.#timer ??= setTimeout(() => void this.#run(), wait_ms);
  }

  /** Forgets what was asked for. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isAsked = false;
  }

  async #run(): Promise<void> {
    this.#timer = undefined;
    this.#isRunning = true;
    this.#isAsked = false;
    await this.act();
    this.#isRunning = false;
    if (this.#isAsked) this.ask();
  }
}
