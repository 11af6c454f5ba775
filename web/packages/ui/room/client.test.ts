import { expect, test } from 'vitest';
import { RoomClient } from './client.ts';

class Wire {
  readyState = 0;
  sent: Record<string, any>[] = [];
  onopen = () => {};
  onmessage = (_: { data: string }) => {};
  onclose = (_: { code: number }) => {};
  send(text: string) { this.sent.push(JSON.parse(text)); }
  close() { this.readyState = 3; }
  open() { this.readyState = 1; this.onopen(); }
  say(message: object) { this.onmessage({ data: JSON.stringify(message) }); }
  drop(code = 1006) { this.readyState = 3; this.onclose({ code }); }
}

async function joined() {
  const wires: Wire[] = [];
  const waits: { run: () => void; ms: number }[] = [];
  let tokens = 0;
  const client = new RoomClient({
    url: 'ws://x/rooms/e', lang: 'es', token: async () => `t${++tokens}`, onchange: () => {},
    socket: () => { const wire = new Wire(); wires.push(wire); return wire as unknown as WebSocket; },
    now: () => 1000, random: () => 1, later: (run, ms) => waits.push({ run, ms }),
  });
  await client.start();
  wires[0]!.open();
  wires[0]!.say({ op: 'welcome', e: 'k', s: 10, now: 3000, tick_ms: 20, retry_ms: 0, lang: 'es', snap: {}, me: {} });
  const comeBack = async () => { waits.shift()!.run(); await Promise.resolve(); await Promise.resolve(); };
  return { client, wires, waits, comeBack };
}

test('joins with a token and takes the clock from the welcome', async () => {
  const { client, wires } = await joined();
  expect(wires[0]!.sent[0]).toEqual({ op: 'join', token: 't1', lang: 'es' });
  expect(client.link).toBe('live');
  expect(client.now()).toBe(3000);
});

test('asks for the range it missed', async () => {
  const { client, wires } = await joined();
  wires[0]!.say({ e: 'k', p: 12, s: 13, t: 0, ev: [] });
  expect(wires[0]!.sent.at(-1)).toEqual({ op: 'range', e: 'k', from: 11, to: 13 });
  wires[0]!.say({ e: 'k', p: 10, s: 13, t: 0, ev: [{ s: 12, l: 'ctl', k: 'pins', d: { v: 1, pins: ['p'] } }] });
  expect(client.view.pins).toEqual(['p']);
});

test('resumes where it was and sends again what was not answered', async () => {
  const { client, wires, waits, comeBack } = await joined();
  const id = client.ask({ text: '¿MOQ?', product: 'p' });
  wires[0]!.drop();
  expect(client.link).toBe('away');
  expect(waits[0]!.ms).toBe(1000);
  await comeBack();
  wires[1]!.open();
  expect(wires[1]!.sent[0]!.resume).toEqual({ e: 'k', s: 10 });
  wires[1]!.say({ op: 'welcome', e: 'k', s: 10, now: 3000, retry_ms: 0 });
  expect(wires[1]!.sent.at(-1)).toMatchObject({ op: 'ask', id, text: '¿MOQ?' });
  wires[1]!.say({ op: 'ack', id });
  expect(client.pending).toEqual([]);
  expect(client.view.questions).toMatchObject([{ id, mine: true, product: 'p' }]);
});

test('shows my own line until a frame brings it, also when it is held', async () => {
  const { client, wires } = await joined();
  const [said, held] = [client.chat('hola'), client.chat('hm')];
  wires[0]!.say({ op: 'ack', id: said, s: 11 });
  wires[0]!.say({ op: 'ack', id: held, mark: 'held' });
  expect(client.pending).toMatchObject([{ id: said, taken: true }, { id: held, mark: 'held' }]);
  wires[0]!.say({ e: 'k', p: 10, s: 11, t: 0, ev: [{ s: 11, l: 'chat', k: 'msg', d: { id: said, n: 'Ana', x: 'hola' } }] });
  expect(client.pending).toMatchObject([{ id: held }]);
  expect(client.view.chat).toMatchObject([{ id: said }]);
});

test('keeps a refused line with its reason', async () => {
  const { client, wires } = await joined();
  const id = client.chat('hola');
  wires[0]!.say({ op: 'nack', id, problem: { type: '/problems/room-slow-down', status: 429 } });
  expect(client.pending[0]?.problem?.type).toBe('/problems/room-slow-down');
});

test('waits as long as the server asked before it comes back', async () => {
  const { wires, waits } = await joined();
  wires[0]!.say({ op: 'bye', code: 1012, retry_ms: 9000, resume: true });
  wires[0]!.drop(1012);
  expect(waits[0]!.ms).toBe(9000);
});

test('fetches a new token when the old one is refused and stays away when banned', async () => {
  const { client, wires, comeBack } = await joined();
  wires[0]!.drop(4001);
  await comeBack();
  wires[1]!.open();
  expect(wires[1]!.sent[0]!.token).toBe('t2');
  wires[1]!.drop(4003);
  expect(client.link).toBe('closed');
});

test('a line said while becoming a guest is sent once the guest has joined', async () => {
  const { client, wires } = await joined();
  let named = () => {};
  const renewed = client.renew(() => new Promise<void>((done) => (named = done)));
  const id = client.ask({ text: 'MOQ?' });
  expect(wires[0]!.sent.filter((message) => message.op === 'ask')).toEqual([]);
  named();
  await renewed;
  wires[1]!.open();
  expect(wires[1]!.sent[0]).toMatchObject({ op: 'join', token: 't2' });
  wires[1]!.say({ op: 'welcome', e: 'k', s: 10, now: 3000, retry_ms: 0, snap: null });
  expect(wires[1]!.sent.at(-1)).toMatchObject({ op: 'ask', id });
});

test('a window that another one replaced waits to be asked back, and then resumes', async () => {
  const { client, wires, waits } = await joined();
  wires[0]!.drop(4009);
  expect([client.link, client.closed_code, waits.length]).toEqual(['closed', 4009, 0]);
  client.hurry();
  expect(wires.length).toBe(1);
  const id = client.ask({ text: 'MOQ?' });
  client.here();
  await new Promise((done) => setTimeout(done));
  wires[1]!.open();
  expect(wires[1]!.sent[0]).toMatchObject({ op: 'join', resume: { e: 'k', s: 10 } });
  wires[1]!.say({ op: 'welcome', e: 'k', s: 10, now: 3000, retry_ms: 0 });
  expect(wires[1]!.sent.at(-1)).toMatchObject({ op: 'ask', id });
});

test('a room told anew leaves me my answers, and its word on a question counts', async () => {
  const { client, wires } = await joined();
  const mine = { id: 'q', x: 'MOQ?', state: 'new', answers: [{ id: 'a', x: '24', by: 'Lin', public: false }] };
  wires[0]!.say({ op: 'me', questions: [mine, { id: 'r', x: 'FOB?', state: 'new' }] });
  const ev = [{ s: 20, l: 'qa', k: 'q', d: { id: 'r', n: 'Ana', x: 'FOB?', state: 'answered_on_air' } }];
  wires[0]!.say({ op: 'gap', s: 20, snap: { ev } });
  const [r, q] = client.view.questions;
  expect(r).toMatchObject({ id: 'r', mine: true, state: 'answered_on_air' });
  expect(q).toMatchObject({ id: 'q', mine: true, answers: [{ text: '24', public: false }] });
});

test('a gap brings what I was told meanwhile', async () => {
  const { client, wires } = await joined();
  wires[0]!.say({ op: 'gap', s: 20, snap: {}, me: { questions: [{ id: 'q', x: 'MOQ?', state: 'answered_text', answers: [{ id: 'a', x: '24', by: 'Lin', public: false }] }] } });
  expect(client.view.questions).toMatchObject([{ id: 'q', mine: true, answers: [{ text: '24', public: false }] }]);
});

test('an answer sent to me alone is shown and marked private', async () => {
  const { client, wires } = await joined();
  wires[0]!.say({ op: 'me', questions: [{ id: 'q', x: 'MOQ?', state: 'answered_text', answers: [{ id: 'a', x: '24', by: 'Lin', public: false }] }] });
  expect(client.view.questions[0]).toMatchObject({ mine: true, answers: [{ text: '24', public: false }] });
});

test('a network without WebSockets gets the event stream on the third try, and hears of no trouble', async () => {
  const opened: string[] = [];
  const wires: Wire[] = [];
  const links: string[] = [];
  const waits: (() => void)[] = [];
  const wire = (kind: string) => () => { opened.push(kind); const made = new Wire(); wires.push(made); return made as unknown as WebSocket; };
  const client = new RoomClient({
    url: 'ws://x/rooms/e', lang: 'es', token: async () => 't', onchange: ({ link }) => links.push(link),
    socket: wire('socket'), fallback: async () => wire('stream'), random: () => 1, later: (run) => waits.push(run),
  });
  await client.start();
  for (let lost = 0; lost < 2; lost++) {
    wires.at(-1)!.drop();
    waits.shift()!();
    await new Promise((done) => setTimeout(done));
  }
  expect(opened).toEqual(['socket', 'socket', 'stream']);
  expect(links).not.toContain('away');
  wires[2]!.open();
  wires[2]!.say({ op: 'welcome', e: 'k', s: 1, now: 0, retry_ms: 0, snap: {}, me: {} });
  expect(client.link).toBe('live');

  // What worked is what is tried again; when it fails too, the WebSocket has its turn.
  wires[2]!.drop();
  expect(client.link).toBe('away');
  for (let lost = 0; lost < 2; lost++) {
    waits.shift()!();
    await new Promise((done) => setTimeout(done));
    wires.at(-1)!.drop();
  }
  expect(opened.slice(3)).toEqual(['stream', 'socket']);
});
