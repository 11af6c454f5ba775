import { shows } from '../api';
import { onceMore } from '../api/again';
import { Action, Resource } from '../resource.svelte';
import { moved } from '../shows/order';
import type { NewRunItem, Pins, RunItem, RunSheet } from '../types';
import { pinsWith } from './pins';

/** The run sheet and the pins of a show, and what the crew does with them. */
export class Run {
  readonly sheet: Resource<RunSheet>;
  readonly pins: Resource<Pins>;
  readonly act = new Action();

  constructor(readonly event: string) {
    this.sheet = new Resource(() => shows.runSheet(event));
    this.pins = new Resource(() => shows.pins(event));
  }

  get items(): readonly RunItem[] {
    return this.sheet.value?.items ?? [];
  }

  get onAir(): RunItem | undefined {
    return this.items.find(({ state }) => state === 'on_air');
  }

  /** What comes after what is on the air. */
  get next(): RunItem | undefined {
    const after = this.items.findIndex(({ state }) => state === 'on_air');
    const isQueued = ({ state }: RunItem) => state === 'queued';
    return this.items.slice(after + 1).find(isQueued) ?? this.items.find(isQueued);
  }

  isPinned(product: string | null | undefined): boolean {
    return product != null && (this.pins.value?.products.includes(product) ?? false);
  }

  /** An item that buyers have seen stays on the sheet. */
  static wasShown({ state }: RunItem): boolean {
    return state === 'on_air' || state === 'done';
  }

  async load(): Promise<void> {
    await Promise.all([this.sheet.load(), this.pins.load()]);
  }

  /** What goes on the air may pin its product, so both are asked for anew. */
  async move(item: RunItem, to: RunItem['state']): Promise<void> {
    await this.act.run(() => shows.moveItem(item.id, to));
    await this.load();
  }

  async add(item: NewRunItem): Promise<void> {
    await this.act.run(() => shows.addItem(this.event, item));
    await this.sheet.load();
  }

  async change(item: RunItem, to: NewRunItem): Promise<void> {
    await this.act.run(() => shows.changeItem(item.id, to));
    await this.sheet.load();
  }

  async remove(item: RunItem): Promise<void> {
    await this.act.run(() => shows.removeItem(item.id));
    await this.sheet.load();
  }

  /** Pins or unpins by hand, also when what went on the air has just changed the pins. */
  async pin(product: string, isWanted: boolean): Promise<void> {
    const attempt = () => {
      const { products = [], version = 0 } = this.pins.value ?? {};
      return shows.pin(this.event, pinsWith(products, product, isWanted), version);
    };
    await this.act.run(() => onceMore(attempt, () => this.pins.load()));
    await this.pins.load();
  }

  /** Moves an item up or down in the order. */
  shift(item: RunItem, by: 1 | -1): Promise<void> {
    return this.#place(item, (at) => at + by);
  }

  /** Puts an item in the place of another. */
  put(item: RunItem, before: RunItem): Promise<void> {
    return this.#place(item, (_, items) => items.findIndex(({ id }) => id === before.id));
  }

  async #place(item: RunItem, aim: (at: number, items: readonly RunItem[]) => number): Promise<void> {
    const attempt = async () => {
      const { items, version } = this.sheet.value ?? { items: [], version: 0 };
      const at = items.findIndex(({ id }) => id === item.id);
      const order = moved(items, at, aim(at, items));
      if (order === items) return;
      this.sheet.value = { items: [...order], version }; // shown at once; a refusal loads the true order again
      await shows.reorder(this.event, order.map(({ id }) => id), version);
    };
    await this.act.run(() => onceMore(attempt, () => this.sheet.load()));
    await this.sheet.load();
  }
}
