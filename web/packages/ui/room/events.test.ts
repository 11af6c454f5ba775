import { afterEach, expect, test, vi } from 'vitest';
import type { Wire } from './client.ts';
import { openEvents } from './events.ts';

class Source {
  static last: Source;
  onmessage = (_: { data: string }) => {};
  onerror = () => {};
  constructor(readonly url: string) { Source.last = this; }
  close() {}
}

/** A stream that has joined; what the server answers to a POST is `answers` in turn. */
async function opened(join: object, answers: object[]) {
  vi.stubGlobal('EventSource', Source);
  vi.stubGlobal('CloseEvent', class extends Event { code: number; constructor(name: string, { code }: { code: number }) { super(name); this.code = code; } });
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify(answers.shift()), { status: 200 }));
  const wire: Wire = openEvents('ws://x/rooms/e', '');
  const [heard, closed]: [Record<string, unknown>[], number[]] = [[], []];
  wire.onmessage = ({ data }) => heard.push(JSON.parse(data));
  wire.onclose = ({ code }) => closed.push(code);
  await new Promise((done) => setTimeout(done));
  wire.send(JSON.stringify({ op: 'join', token: 't', ...join }));
  await new Promise((done) => setTimeout(done));
  return { wire, heard, closed };
}
afterEach(() => vi.unstubAllGlobals());

test('an event stream resumes where the page was', async () => {
  await opened({}, [{ ticket: 'a' }]);
  expect(Source.last.url).toBe('/rooms/e/events?ticket=a');
  await opened({ resume: { e: 'k', s: 10 } }, [{ ticket: 'b' }]);
  expect(Source.last.url).toBe('/rooms/e/events?ticket=b&e=k&s=10');
});

test('an event stream that ends says why, as a socket would', async () => {
  const { heard, closed } = await opened({}, [{ ticket: 'a' }]);
  Source.last.onmessage({ data: JSON.stringify({ op: 'bye', code: 4003, retry_ms: 0, resume: false }) });
  Source.last.onerror();
  expect([heard, closed]).toMatchObject([[{ op: 'bye' }], [4003]]);
});

test('a line that a moderator holds is told so', async () => {
  const { wire, heard } = await opened({}, [{ ticket: 'a' }, { s: 4, mark: 'held' }]);
  wire.send(JSON.stringify({ op: 'chat', id: 'm', text: 'hi' }));
  await new Promise((done) => setTimeout(done));
  expect(heard).toEqual([{ op: 'ack', id: 'm', s: 4, mark: 'held' }]);
});
