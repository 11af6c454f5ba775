import { RoomClient, emptyRoom, type ChatLine, type RoomView } from '@livefair/ui';
import type { Link, Pending } from '@livefair/ui/room/client.ts';
import { room, trade } from '../api';
import { Resource } from '../resource.svelte';
import type { Listed, Order, OrderSums, Question } from '../types';
import { me } from '../session.svelte';
import { words } from '../words.svelte';
import { isAnswered, isWaiting } from './questions';
import { Queue, type Queued } from './queue';
import { Run } from '../shows/run.svelte';
import { Soon } from './soon';

export type DeskQuestion = Question & Queued;
export type DeskLine = ChatLine & Queued;
export type DeskOrder = Order & Queued;
/** A line that not everybody sees, as the crew is told of it. */
export interface Hidden { id: string; name: string; text: string; lang: string }
export type Tab = 'open' | 'answered' | 'all';

const REFRESH_MS = 400;
/** The close code of docs/api/room.md for a connection in whose place another came. */
const REPLACED = 4009;

/** The live desk of one show: what the room says, what waits, and what is chosen. */
export class Desk {
  link = $state<Link>('connecting');
  /** The room was left because the same person opened it in more windows than it lets in. */
  isTaken = $state(false);
  view = $state.raw<RoomView>(emptyRoom());
  questions = $state.raw(new Queue<DeskQuestion>());
  chat = $state.raw(new Queue<DeskLine>());
  orders = $state.raw(new Queue<DeskOrder>());
  /** What was written here and stands in no frame yet: on its way, held, or refused. */
  saying = $state.raw<readonly Pending[]>([]);
  /** Lines that wait for a moderator. */
  held = $state.raw<Hidden[]>([]);
  /** Lines that a moderator took away, the newest first. */
  removed = $state.raw<Hidden[]>([]);
  /** Who is silenced: participant and name. */
  muted = $state.raw<ReadonlyMap<string, string>>(new Map());
  tab = $state<Tab>('open');
  chosen = $state<string>();
  /** The server's clock minus this one's, in milliseconds. */
  offset_ms = $state(0);

  readonly run: Run;
  readonly asked: Resource<Listed<Question>>;
  readonly sold: Resource<Listed<Order>>;
  readonly sums: Resource<OrderSums>;
  #client: RoomClient;
  #reread = new Soon(() => this.#loadQuestions(), REFRESH_MS);
  #first = { questions: true, orders: true };
  /** Who wrote a line, where the crew is told. */
  #writers = new Map<string, string>();

  constructor(readonly event: string) {
    this.run = new Run(event);
    this.asked = new Resource(() => room.questions(event));
    this.sold = new Resource(() => trade.orders({ event }));
    this.sums = new Resource(() => trade.sums(event));
    this.#client = new RoomClient({
      url: `${location.origin.replace(/^http/, 'ws')}/rooms/${event}`,
      lang: words.language,
      token: async () => (await room.token(event, words.language)).token,
      onchange: (client) => this.#heard(client),
      socket: (url, protocol) => this.#crewSocket(url, protocol),
    });
  }

  start(): void {
    void this.#client.start();
    this.refresh();
    void this.#recall();
  }

  stop(): void {
    this.#reread.stop();
    this.#client.stop();
  }

  /** Comes back into a room that had closed the door, once the show is open; not in the place of another window. */
  enter(): void {
    if (this.link === 'closed' && !this.isTaken) void this.#client.start();
  }

  /** Comes back in the place of another window: somebody asked for it here. */
  take(): void {
    this.isTaken = false;
    void this.#client.start();
  }

  /** Asks anew for everything that is not in the room's own stream. */
  refresh(): void {
    void this.run.load();
    this.#reread.ask(0);
    void this.loadOrders();
  }

  say(text: string): void {
    this.#client.chat(text);
  }

  /** Takes a line that was refused away, or sends it once more. */
  unsay(line: Pending, again = false): void {
    this.#client.forget(line.id);
    if (again) this.#client.chat(line.text);
  }

  writerOf(line: string): string | undefined {
    return this.#writers.get(line);
  }

  get shownQuestions(): DeskQuestion[] {
    const fits = { open: isWaiting, answered: isAnswered, all: () => true }[this.tab];
    return this.questions.shown.filter((question) => fits(question.state) || question.id === this.chosen);
  }

  async loadOrders(): Promise<void> {
    if (!me.may('see_trade')) return;
    await Promise.all([this.sold.load(), this.sums.load()]);
    const items = (this.sold.value?.items ?? []).map((order) => ({ ...order, at: Date.parse(order.placed_at) }));
    this.orders = this.#first.orders ? Queue.of(items) : items.reduce((queue, order) => queue.arrive(order), this.orders);
    if (this.sold.value) this.#first.orders = false;
  }

  async #loadQuestions(): Promise<void> {
    await this.asked.load();
    const items = (this.asked.value?.items ?? []).map((question) => ({ ...question, at: Date.parse(question.asked_at) }));
    let queue = this.#first.questions ? Queue.of(items) : items.reduce((waiting, question) => waiting.arrive(question), this.questions);
    if (queue.shown.length === 0) queue = queue.show();
    this.questions = queue;
    if (this.asked.value) this.#first.questions = false;
  }

  #heard(client: RoomClient): void {
    this.link = client.link;
    this.isTaken = client.link === 'closed' && client.closed_code === REPLACED;
    this.saying = client.pending.filter(({ op }) => op === 'chat');
    this.offset_ms = client.now() - Date.now();
    if (client.view === this.view) return;
    const before = this.view;
    this.view = client.view;
    const lines = new Map(client.view.chat.map((line) => [line.id, line]));
    let chat = new Queue(this.chat.shown.filter(({ id }) => lines.has(id)), this.chat.waiting.filter(({ id }) => lines.has(id)));
    for (const line of client.view.chat) chat = chat.arrive({ ...line, at: line.s });
    this.chat = chat;
    if (before.pins.join() !== client.view.pins.join()) void this.run.pins.load();
    if (before.item !== client.view.item) void this.run.sheet.load();
    if (before.questions !== client.view.questions) this.#reread.ask();
  }

  /** What moderation has to know of the time before this desk was opened. */
  async #recall(): Promise<void> {
    if (!me.may('moderate')) return;
    const [lines, mutes] = await Promise.all([room.transcript(this.event).catch(() => []), room.mutes(this.event).catch(() => [])]);
    this.muted = new Map([...mutes.map(({ participant, name }) => [participant, name ?? ''] as const), ...this.muted]);
    for (const { id, participant } of lines) if (!this.#writers.has(id)) this.#writers.set(id, participant);
    const known = new Set([...this.held, ...this.removed].map(({ id }) => id));
    const of = (state: string) => lines.filter((line) => line.state === state && !known.has(line.id));
    this.held = [...of('held'), ...this.held];
    this.removed = [...this.removed, ...of('removed').reverse()];
    this.chat = new Queue([...this.chat.shown], [...this.chat.waiting]); // their writers are known now
  }

  #heardLine(d: Record<string, unknown>): void {
    const id = String(d.id);
    if (typeof d.participant === 'string') this.#writers.set(id, d.participant);
    const line = { id, name: String(d.n ?? ''), text: String(d.x ?? ''), lang: String(d.o ?? '') };
    const without = (lines: Hidden[]) => lines.filter((other) => other.id !== id);
    this.held = d.state === 'held' ? [...without(this.held), line] : without(this.held);
    this.removed = d.state === 'removed' ? [line, ...without(this.removed)] : without(this.removed);
  }

  /** A socket that also asks for the crew's lane and listens to it. */
  #crewSocket(url: string, protocol: string): WebSocket {
    const socket = new WebSocket(url, protocol);
    socket.addEventListener('message', (message) => {
      const said = JSON.parse(String(message.data)) as { op?: string; c?: string; ev?: { k: string; d: Record<string, unknown> }[] };
      if (said.op === 'welcome') socket.send(JSON.stringify({ op: 'desk', on: true }));
      if (said.c !== 'desk') return;
      for (const { k, d } of said.ev ?? []) {
        if (k === 'msg') this.#heardLine(d);
        if (k === 'q') this.#reread.ask();
      }
    });
    return socket;
  }
}
