// What a room looks like to a viewer, as a pure function of what the server said. Every control event carries the
// whole new value and a version, so applying one twice, or an older one later, changes nothing.

import { emptyRoom, type Offer, type Question, type Reply, type RoomView } from './view.ts';

export * from './view.ts';
export type Lane = 'ctl' | 'qa' | 'chat' | 'desk';
/** Its shape depends on `k`; each case below reads it with care. */
type Payload = Record<string, any>;
export interface RoomEvent { s: number; l: Lane | string; k: string; d: Payload }
export interface Conflated { k: string; v: number; d: Payload }
/** A tick: covers the sequence numbers after `p` up to `s`. `t` is the server's clock in milliseconds. */
export interface Frame { e: string; p: number; s: number; t: number; c?: string; ev?: RoomEvent[]; st?: Conflated[] }

const CHAT_KEPT = 200;
const QUESTIONS_KEPT = 300;

/** The room after `events` and conflated values `st`; the view given is not changed, and what did not change stays the same object. */
export function applied(view: RoomView, events: RoomEvent[] = [], st: Conflated[] = []): RoomView {
  const next: RoomView = { ...view, offers: { ...view.offers }, stock: { ...view.stock }, versions: { ...view.versions } };
  for (const event of events) applyEvent(next, event);
  for (const value of st) applyValue(next, value);
  if (next.chat.length > CHAT_KEPT) next.chat = next.chat.slice(-CHAT_KEPT);
  if (next.questions.length > QUESTIONS_KEPT) next.questions = trimmed(next.questions);
  return next;
}

/** True once per version of `key`, rising. Values without a version always pass. */
function isNewer(view: RoomView, key: string, version: unknown): boolean {
  if (typeof version !== 'number') return true;
  const known = view.versions[key];
  if (known !== undefined && version <= known) return false;
  view.versions[key] = version;
  return true;
}

function applyEvent(view: RoomView, event: RoomEvent): void {
  const { k, d } = event;
  switch (k) {
    case 'state':
      if (isNewer(view, 'state', d.version ?? d.v)) view.state = String(d.state);
      break;
    case 'pins':
    case 'pin':
      if (isNewer(view, 'pins', d.v ?? d.version)) view.pins = (d.pins ?? []).map(String);
      break;
    case 'item':
      view.item = d.product || d.title ? { product: d.product ?? undefined, title: d.title ?? undefined } : null;
      break;
    case 'offer':
      if (isNewer(view, `offer:${d.offer}`, d.version)) view.offers[d.offer] = d as Offer;
      break;
    case 'gone':
      if (view.chat.some((line) => line.s === d.s)) view.chat = view.chat.filter((line) => line.s !== d.s);
      break;
    case 'slow':
      view.slow_s = Number(d.seconds) || 0;
      break;
    case 'notice':
      view.notice = d.text ? String(d.text) : null;
      break;
    case 'msg':
      if (!view.chat.some((line) => line.id === d.id)) {
        const line = { id: String(d.id), name: String(d.n ?? ''), text: String(d.x ?? ''), lang: String(d.o ?? ''), s: event.s, crew: d.c === true };
        view.chat = [...view.chat, line];
      }
      break;
    case 'q':
      putQuestion(view, d, false);
      break;
    case 'a':
      putAnswer(view, d);
      break;
    default: // a newer server says more than this page knows
  }
}

/** The newest questions, and all of mine. */
function trimmed(questions: Question[]): Question[] {
  let over = questions.length - QUESTIONS_KEPT;
  return questions.filter(({ mine }) => mine || over-- <= 0);
}

/** A question that its viewer alone may still see: the desk has put it away, or joined it to another. */
const isGone = (question: Question): boolean => !question.mine && (question.state === 'dismissed' || question.state === 'merged');

/** Adds or renews a question; one that is mine stays mine, and stays. */
export function putQuestion(view: RoomView, d: Payload, mine: boolean): void {
  const known = view.questions.find(({ id }) => id === d.id);
  const question: Question = {
    ...(known ?? { id: String(d.id), answers: [] }),
    name: String(d.n ?? known?.name ?? ''), text: String(d.x ?? known?.text ?? ''), lang: String(d.o ?? known?.lang ?? ''),
    product: d.product ?? known?.product, state: String(d.state ?? known?.state ?? 'new'), mine: mine || !!known?.mine,
  };
  if (isGone(question)) view.questions = view.questions.filter((other) => other !== known);
  else if (known) view.questions = view.questions.map((other) => (other === known ? question : other));
  else view.questions = [...view.questions, question];
}

export function putAnswer(view: RoomView, d: Payload, isPublic = true): void {
  const question = view.questions.find(({ id }) => id === d.question);
  if (!question) return;
  const answer: Reply = { id: d.id, text: String(d.x ?? ''), lang: String(d.o ?? ''), by: String(d.by ?? ''), public: isPublic };
  const isSame = (other: Reply) => (d.id ? other.id === d.id : other.text === answer.text && other.by === answer.by);
  const answers = question.answers.some(isSame) ? question.answers.map((other) => (isSame(other) ? answer : other)) : [...question.answers, answer];
  const state = question.state.startsWith('answered') ? question.state : 'answered_text';
  view.questions = view.questions.map((other) => (other === question ? { ...question, answers, state } : other));
}

function applyValue(view: RoomView, { k, v, d }: Conflated): void {
  if (!isNewer(view, `st:${k}`, v)) return;
  if (k === 'cnt') {
    view.viewers = Number(d.n);
  } else if (k.startsWith('stock:')) {
    view.stock[k.slice(6)] = Number(d.left);
  }
}

/** Decides, frame by frame, what is new: apply it, ask for what is missing, or ignore a repeat. */
export class Ledger {
  epoch = '';
  last = 0;
  /** Largest server − own clock over the frames seen: the frame that travelled least. Milliseconds. */
  offset: number | null = null;

  restart(epoch: string, last: number): void {
    this.epoch = epoch;
    this.last = last;
  }

  take(frame: Frame, now: number): { apply: RoomEvent[]; st: Conflated[] } | { range: [number, number]; st: Conflated[] } | { stale: true } | { rejoin: true } {
    if (frame.e !== this.epoch) return { rejoin: true };
    this.offset = Math.max(this.offset ?? -Infinity, frame.t - now);
    const st = frame.st ?? []; // versioned, so right in any order and also when events are missing
    if (frame.p > this.last) return { range: [this.last + 1, frame.s], st };
    if (frame.s <= this.last) return st.length ? { apply: [], st } : { stale: true };
    const apply = (frame.ev ?? []).filter((event) => event.s > this.last);
    this.last = frame.s;
    return { apply, st };
  }
}

/** Reads a snapshot: the events and values that make the room as it stands. */
export function fromSnapshot(snap: { ev?: RoomEvent[]; st?: Conflated[] }): RoomView {
  return applied(emptyRoom(), snap.ev, snap.st);
}
