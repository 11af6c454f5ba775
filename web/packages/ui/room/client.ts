// A viewer's connection to a room (`room.v1.json`): joins with a token, resumes from {epoch, seq}, asks for what it
// missed, and comes back by itself. Chat and questions are kept and sent again until the server has answered. Where no
// WebSocket opens, the same frames come over an event stream, and nobody is told.
import { uuidv7 } from '../uuid.ts';
import { applied, emptyRoom, fromSnapshot, Ledger, putAnswer, putQuestion, type Frame, type Question, type RoomView } from './state.ts';

export type Link = 'connecting' | 'live' | 'away' | 'closed';
export interface Ask { id: string; text: string; product?: string; at_ms?: number; private?: boolean }
/** What I said and no frame has shown yet: on its way, taken (`mark`: held for a moderator, or left out of a busy room), or refused. */
export interface Pending { op: 'chat' | 'ask'; id: string; text: string; product?: string; at_ms?: number; taken?: boolean; mark?: string; problem?: { type: string; [fact: string]: unknown } }

/** The part of a WebSocket that a room needs. */
export type Wire = Pick<WebSocket, 'onopen' | 'onmessage' | 'onclose' | 'readyState' | 'send' | 'close'>;
export type OpenSocket = (url: string, protocol: string) => Wire;

export interface RoomOptions {
  url: string;
  lang: string;
  token: () => Promise<string>;
  onchange: (client: RoomClient) => void;
  onme?: (message: Record<string, unknown>) => void;
  /** What connects where a WebSocket does not: fetched when it is wanted. */
  fallback?: () => Promise<OpenSocket>;
  // The world outside, replaced in tests.
  socket?: OpenSocket;
  now?: () => number;
  random?: () => number;
  later?: (run: () => void, ms: number) => unknown;
}

const PROTOCOL = 'room.v1.json';
const WAIT_LEAST_MS = 500;
const WAIT_MOST_MS = 15_000;
const TAKEN_KEPT = 20;
/** Shut out, no such room, and taken over: the viewer has too many windows open, and this one does not fight for its place. */
const FATAL = new Set([4003, 4004, 4009]);
/** Proxies that let no WebSocket through refuse it or say nothing at all. */
const OPEN_WITHIN_MS = 5_000;
const TRIES_BEFORE_FALLBACK = 2;

export class RoomClient {
  view: RoomView = emptyRoom();
  link: Link = 'connecting';
  closed_code = 0;
  pending: Pending[] = [];

  #ledger = new Ledger();
  #socket: Wire | null = null;
  #token: string | null = null;
  #tries = 0;
  #retry_ms = 0;
  #stopped = false;
  #asked: string | null = null;
  #waiting = false;
  /** Connections in a row that brought no welcome. */
  #unmet = 0;
  #falling = false;
  /** The event stream is what works here. */
  #streamed = false;

  constructor(readonly options: RoomOptions) {}

  async start(): Promise<void> {
    this.#stopped = this.#waiting = false;
    try {
      this.#token ??= await this.options.token();
    } catch {
      this.#away();
      return;
    }
    this.#falling = this.#streamed || this.#unmet % (TRIES_BEFORE_FALLBACK + 1) === TRIES_BEFORE_FALLBACK;
    const open = await this.#opener().catch(() => null);
    if (this.#stopped) return;
    if (!open) return this.#lost(1006);
    const socket = open(this.options.url, PROTOCOL);
    this.#socket = socket;
    const lost = (code: number) => {
      clearTimeout(late);
      if (this.#socket === socket) this.#lost(code);
    };
    const late = setTimeout(() => (socket.readyState === 0 ? lost(1006) : undefined), OPEN_WITHIN_MS);
    socket.onopen = () => this.#socket === socket && this.#join();
    socket.onmessage = (message) => this.#socket === socket && this.#hear(String(message.data));
    socket.onclose = (close) => lost(close.code);
  }

  async #opener(): Promise<OpenSocket> {
    if (this.#falling && this.options.fallback) return this.options.fallback();
    return this.options.socket ?? ((url, protocol) => new WebSocket(url, protocol));
  }

  stop(): void {
    this.#stopped = true;
    this.#socket?.close();
    this.#socket = null;
    this.#tell('closed');
  }

  /** Comes back as whoever the server now takes us for: `first` makes that so. What is said meanwhile is sent after. */
  async renew(first: () => Promise<unknown>): Promise<void> {
    this.#leave();
    this.#token = null;
    this.#tell('connecting');
    try {
      await first();
    } catch {
      return this.#away();
    }
    await this.start();
  }

  /** Connects at once instead of waiting: the network came back. */
  hurry(): void {
    if (this.#waiting && !this.#stopped) this.here();
  }

  /** Connects because the viewer asks, also where another window has taken over. */
  here(): void {
    this.#tries = 0;
    this.#tell('connecting');
    void this.start();
  }

  /** The server's clock now, in milliseconds. */
  now(): number {
    return this.#clock() + (this.#ledger.offset ?? 0);
  }

  chat(text: string): string {
    return this.#say({ op: 'chat', id: uuidv7(this.#clock()), text });
  }

  ask(question: Omit<Ask, 'id'>): string {
    return this.#say({ op: 'ask', id: uuidv7(this.#clock()), ...question });
  }

  /** Takes a refused line away. */
  forget(id: string): void {
    this.pending = this.pending.filter((line) => line.id !== id);
    this.options.onchange(this);
  }

  #clock(): number {
    return (this.options.now ?? Date.now)();
  }

  #say(line: Pending): string {
    this.pending = [...this.pending, line];
    if (this.link === 'live') this.#send(line);
    this.options.onchange(this);
    return line.id;
  }

  #send(message: object): void {
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(message));
  }

  #join(): void {
    const { epoch, last } = this.#ledger;
    this.#send({ op: 'join', token: this.#token, lang: this.options.lang, ...(epoch ? { resume: { e: epoch, s: last } } : {}) });
  }

  /** Joins on a new connection, with what is known or from nothing. */
  #again(resume: boolean): void {
    if (!resume) this.#ledger.restart('', 0);
    this.#leave();
    this.#away();
  }

  #leave(): void {
    const old = this.#socket;
    this.#socket = null;
    old?.close();
  }

  #hear(data: string): void {
    const message = JSON.parse(data) as Record<string, any>;
    switch (message.op) {
      case undefined: // a tick has no op
        return this.#frame(message as Frame);
      case 'welcome':
        return this.#welcome(message);
      case 'ack':
        return this.#acknowledged(message.id, message.mark);
      case 'nack':
        this.pending = this.pending.map((line) => (line.id === message.id ? { ...line, problem: message.problem } : line));
        return this.options.onchange(this);
      case 'me':
        return this.#me(message);
      case 'gap':
        return this.#gap(message);
      case 'bye':
        this.#retry_ms = Number(message.retry_ms) || 0;
        if (message.resume === false) this.#ledger.restart('', 0);
        return;
      default: // a newer server says more than this page knows
    }
  }

  #welcome(message: Record<string, any>): void {
    this.#tries = this.#unmet = 0;
    this.#streamed = this.#falling;
    this.#asked = null;
    this.#retry_ms = Number(message.retry_ms) || 0;
    const resumed = message.e === this.#ledger.epoch && !message.snap;
    if (!resumed) {
      const mine = this.view.questions.filter((question) => question.mine);
      this.view = fromSnapshot(message.snap ?? {});
      for (const question of mine) this.#keepMine(question);
      this.#ledger.restart(String(message.e), Number(message.s) || 0);
    }
    if (typeof message.now === 'number') this.#ledger.offset = message.now - this.#clock();
    this.link = 'live';
    if (message.me) this.#me(message.me);
    for (const line of this.pending) if (!line.problem && !line.taken) this.#send({ op: line.op, id: line.id, text: line.text, product: line.product, at_ms: line.at_ms });
    this.options.onchange(this);
  }

  /** My question in a room told anew: the room's word on its state counts, and what only I was told stays. */
  #keepMine({ id, name: n, text: x, lang: o, product, state, answers }: Question): void {
    const told = this.view.questions.some((question) => question.id === id);
    putQuestion(this.view, told ? { id } : { id, n, x, o, product, state }, true);
    for (const answer of answers) putAnswer(this.view, { id: answer.id, question: id, x: answer.text, o: answer.lang, by: answer.by }, answer.public);
  }

  #frame(frame: Frame): void {
    if (frame.c) return; // the desk's own lane has its own numbers
    const took = this.#ledger.take(frame, this.#clock());
    if ('rejoin' in took) return this.#again(true);
    if ('range' in took) {
      this.view = applied(this.view, [], took.st);
      return this.#range(...took.range);
    }
    if ('stale' in took) return;
    this.#asked = null;
    this.view = applied(this.view, took.apply, took.st);
    const arrived = new Set(took.apply.map((event) => event.d.id));
    for (const line of this.pending) if (line.op === 'ask' && arrived.has(line.id)) putQuestion(this.view, { id: line.id }, true);
    this.pending = this.pending.filter((line) => !arrived.has(line.id));
    this.options.onchange(this);
  }

  /** Asks once for each end; a range that never comes is asked for again by the next frame with a later end. */
  #range(from: number, to: number): void {
    const asked = `${from}-${to}`;
    if (this.#asked === asked) return;
    this.#asked = asked;
    this.#send({ op: 'range', e: this.#ledger.epoch, from, to });
  }

  #gap(message: Record<string, any>): void {
    if (message.snap) return this.#welcome({ retry_ms: this.#retry_ms, ...message, e: message.e ?? this.#ledger.epoch });
    const to = Number(message.to ?? message.s);
    const from = this.#ledger.last + 1;
    // The range asked for is no longer kept: join anew and take the snapshot.
    if (!to || this.#asked === `${from}-${to}`) return this.#again(false);
    this.#range(from, to);
  }

  #acknowledged(id: string, mark?: string): void {
    const line = this.pending.find((waiting) => waiting.id === id);
    if (line?.op === 'ask') {
      this.view = applied(this.view);
      putQuestion(this.view, { id, x: line.text, product: line.product, o: this.options.lang }, true);
      this.pending = this.pending.filter((waiting) => waiting.id !== id);
    } else {
      // Shown as mine until a frame brings it; one that is held or left out stays visible to its author.
      const taken = this.pending.map((waiting) => (waiting.id === id ? { ...waiting, taken: true, mark } : waiting));
      this.pending = taken.slice(-TAKEN_KEPT);
    }
    this.options.onchange(this);
  }

  #me(message: Record<string, any>): void {
    this.view = applied(this.view);
    for (const question of message.questions ?? (message.k === 'q' ? [message.d] : [])) {
      putQuestion(this.view, question, true);
      for (const answer of question.answers ?? []) putAnswer(this.view, { question: question.id, ...answer }, answer.public ?? true);
    }
    for (const answer of message.answers ?? (message.k === 'a' ? [message.d] : [])) putAnswer(this.view, answer, answer.public ?? false);
    this.options.onme?.(message);
    this.options.onchange(this);
  }

  #lost(code: number): void {
    this.#leave();
    this.closed_code = code;
    if (this.#stopped) return;
    if (code === 4001) this.#token = null;
    if (FATAL.has(code)) return this.#tell('closed');
    if (this.link !== 'live') this.#unmet++;
    if (this.#unmet) this.#streamed = false;
    this.#away();
  }

  /** Full jitter: anywhere between 0.5 s and a bound that doubles, stretched to what the server asked for. */
  #away(): void {
    // Ways to connect are still being tried: nothing is lost yet.
    const trying = !this.#ledger.epoch && this.options.fallback && this.#unmet && this.#unmet <= TRIES_BEFORE_FALLBACK;
    this.#tell(trying ? 'connecting' : 'away');
    this.#waiting = true;
    const bound = Math.max(Math.min(WAIT_MOST_MS, WAIT_LEAST_MS * 2 ** ++this.#tries), this.#tries > 1 || this.#retry_ms ? this.#retry_ms : 0);
    const wait = WAIT_LEAST_MS + (this.options.random ?? Math.random)() * (bound - WAIT_LEAST_MS);
    (this.options.later ?? setTimeout)(() => {
      if (!this.#waiting || this.#stopped) return;
      this.#tell('connecting');
      void this.start();
    }, wait);
  }

  #tell(link: Link): void {
    this.link = link;
    this.options.onchange(this);
  }
}
