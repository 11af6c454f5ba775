import { expect, test } from 'vitest';
import { applied, emptyRoom, fromSnapshot, Ledger, putQuestion, type Frame, type RoomEvent, type RoomView } from './state.ts';

const price = { micro: 820_000, currency: 'USD' };
const offer = (version: number, left: number, state = 'active') => ({
  offer: 'o1', product: 'p1', variant: 'v1', unit_price: price, total: 100, left, ends_at: 1, state, version,
});

/** A repeatable source of chance. */
function dice(start: number) {
  let a = start;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function show(length: number, random: () => number): RoomEvent[] {
  return Array.from({ length }, (_, i): RoomEvent => {
    const s = i + 1;
    const kinds: [string, string, Record<string, unknown>][] = [
      ['chat', 'msg', { id: `m${s}`, n: 'Ana', x: `line ${s}`, o: 'es' }],
      ['ctl', 'pins', { v: s, pins: [`p${s % 3}`] }],
      ['ctl', 'offer', offer(s, 100 - s)],
      ['qa', 'q', { id: `q${s % 7}`, n: 'Kenji', x: 'MOQ?', o: 'en', state: 'new' }],
      ['qa', 'a', { id: `a${s}`, question: `q${s % 7}`, x: '24', o: 'en', by: 'Lin' }],
      ['ctl', 'gone', { s: Math.max(1, s - 5) }],
      ['ctl', 'state', { state: s % 2 ? 'live' : 'interrupted', version: s }],
    ];
    const [l, k, d] = kinds[Math.floor(random() * kinds.length)]!;
    return { s, l, k, d };
  });
}

function frames(log: RoomEvent[], random: () => number): Frame[] {
  const out: Frame[] = [];
  for (let p = 0; p < log.length; ) {
    const s = Math.min(log.length, p + 1 + Math.floor(random() * 5));
    out.push({ e: 'e', p, s, t: s, ev: log.slice(p, s), st: [{ k: 'cnt', v: s, d: { n: s } }] });
    p = s;
  }
  return out;
}

/** Plays frames through a bad line; a range is answered with exactly what was asked for. */
function watched(log: RoomEvent[], sent: Frame[]): RoomView {
  const ledger = new Ledger();
  ledger.restart('e', 0);
  let view = emptyRoom();
  const take = (frame: Frame): void => {
    const took = ledger.take(frame, 0);
    if ('range' in took) {
      view = applied(view, [], took.st);
      const [from, to] = took.range;
      take({ e: 'e', p: from - 1, s: to, t: 0, ev: log.slice(from - 1, to) });
    } else if ('apply' in took) {
      view = applied(view, took.apply, took.st);
    }
  };
  sent.forEach(take);
  return view;
}

test.each(Array.from({ length: 60 }, (_, i) => i))('loss, repeats and disorder end in the same room (%i)', (seed) => {
  const random = dice(seed);
  const log = show(80, random);
  const sent = frames(log, random);
  const calm = watched(log, sent);
  const last = sent.at(-1)!;
  const rough = sent.filter(() => random() > 0.3).flatMap((frame) => (random() > 0.7 ? [frame, frame] : [frame]));
  for (let i = rough.length - 1; i > 0; i--) {
    const j = Math.max(0, i - Math.floor(random() * 4));
    [rough[i], rough[j]] = [rough[j]!, rough[i]!];
  }
  expect(watched(log, [...rough, last])).toEqual(calm);
});

test('a control event applied twice changes nothing', () => {
  const events: RoomEvent[] = [
    { s: 1, l: 'ctl', k: 'offer', d: offer(2, 40) },
    { s: 2, l: 'ctl', k: 'pins', d: { v: 3, pins: ['p1'] } },
  ];
  const once = applied(emptyRoom(), events);
  expect(applied(once, events)).toEqual(once);
});

test('an older version never overwrites a newer one', () => {
  const view = applied(emptyRoom(), [{ s: 1, l: 'ctl', k: 'offer', d: offer(5, 10) }, { s: 2, l: 'ctl', k: 'offer', d: offer(4, 90) }], [
    { k: 'stock:v1', v: 9, d: { left: 3 } },
    { k: 'stock:v1', v: 8, d: { left: 7 } },
  ]);
  expect(view.offers.o1?.left).toBe(10);
  expect(view.stock.v1).toBe(3);
});

test('a frame of another epoch asks to join again', () => {
  const ledger = new Ledger();
  ledger.restart('old', 7);
  expect(ledger.take({ e: 'new', p: 7, s: 8, t: 0 }, 0)).toEqual({ rejoin: true });
});

test('an item that ends leaves nothing on the air', () => {
  const on = applied(emptyRoom(), [{ s: 1, l: 'ctl', k: 'item', d: { item: 'i', product: 'p1', title: 'Tiles' } }]);
  expect(on.item).toEqual({ product: 'p1', title: 'Tiles' });
  expect(applied(on, [{ s: 2, l: 'ctl', k: 'item', d: {} }]).item).toBeNull();
});

test('a removed line leaves the chat', () => {
  const said = applied(emptyRoom(), [{ s: 4, l: 'chat', k: 'msg', d: { id: 'm', n: 'A', x: 'x' } }]);
  expect(applied(said, [{ s: 5, l: 'ctl', k: 'gone', d: { s: 4 } }]).chat).toEqual([]);
});

test('a snapshot is the events that make the room', () => {
  const view = fromSnapshot({ ev: [{ s: 3, l: 'ctl', k: 'pins', d: { v: 1, pins: ['p1'] } }], st: [{ k: 'cnt', v: 1, d: { n: 5 } }] });
  expect(view).toMatchObject({ pins: ['p1'], viewers: 5 });
});

test('what no frame touched stays the same object', () => {
  const before = applied(emptyRoom(), [
    { s: 1, l: 'qa', k: 'q', d: { id: 'q', n: 'Ana', x: 'MOQ?', state: 'new' } },
    { s: 2, l: 'chat', k: 'msg', d: { id: 'm', n: 'Ana', x: 'hola' } },
  ]);
  const counted = applied(before, [{ s: 3, l: 'ctl', k: 'pins', d: { v: 1, pins: ['p'] } }], [{ k: 'cnt', v: 1, d: { n: 5 } }]);
  expect(counted.questions).toBe(before.questions);
  expect(counted.chat).toBe(before.chat);
  const answered = applied(before, [{ s: 3, l: 'qa', k: 'a', d: { id: 'a', question: 'q', x: '24' } }]);
  expect(answered.questions).not.toBe(before.questions);
  expect(before.questions[0]!.answers).toEqual([]);
});

test('a question put away leaves the page, unless it is mine', () => {
  const ask = (id: string): RoomEvent => ({ s: 1, l: 'qa', k: 'q', d: { id, n: 'Ana', x: 'MOQ?', state: 'new' } });
  const view = applied(emptyRoom(), [ask('theirs'), ask('mine')]);
  putQuestion(view, { id: 'mine' }, true);
  const after = applied(view, ['theirs', 'mine', 'never-seen'].map((id) => ({ s: 2, l: 'qa', k: 'q', d: { id, state: 'merged' } })));
  expect(after.questions).toMatchObject([{ id: 'mine', text: 'MOQ?', state: 'merged' }]);
});

test('of many questions the newest are kept, and all of mine', () => {
  const view = emptyRoom();
  for (let at = 0; at < 400; at++) putQuestion(view, { id: `q${at}`, x: 'MOQ?' }, at === 3);
  const { questions } = applied(view);
  expect(questions.length).toBe(300);
  expect(questions.slice(0, 2).map(({ id }) => id)).toEqual(['q3', 'q101']);
});

test('a line of the firm is told from a stranger', () => {
  const { chat } = applied(emptyRoom(), [
    { s: 1, l: 'chat', k: 'msg', d: { id: 'a', n: 'Lin', x: 'hi', c: true } },
    { s: 2, l: 'chat', k: 'msg', d: { id: 'b', n: 'Lin', x: 'hi' } },
  ]);
  expect(chat.map(({ crew }) => crew)).toEqual([true, false]);
});
