// The room for those whose network lets no WebSocket through: frames come over an event stream, lines go by POST. To the
// client it is a socket like any other.
import { request } from '@livefair/api/light.ts';
import type { Refusal } from '@livefair/api/refusal.ts';
import type { OpenSocket, Wire } from './client.ts';

type Message = Record<string, any>;

/** `ws://HOST/rooms/{event}`, as the WebSocket would be opened. */
export const openEvents: OpenSocket = (url) => new Events(new URL(url).pathname.split('/').at(-1)!);

class Events implements Wire {
  readyState = 0;
  onopen: Wire['onopen'] = null;
  onmessage: Wire['onmessage'] = null;
  onclose: Wire['onclose'] = null;
  #source: EventSource | null = null;
  #headers = {};
  #bye = 1006;

  constructor(readonly event: string) {
    queueMicrotask(() => {
      this.readyState = 1;
      this.onopen?.call(this as never, new Event('open'));
    });
  }

  send(text: string): void {
    const message = JSON.parse(text) as Message;
    switch (message.op) {
      case 'join':
        return void this.#join(message).catch((refusal: Refusal) => this.#end(refusal.problem?.status === 401 ? 4001 : 1006));
      case 'chat':
        return void this.#said(message, request('post', '/api/v1/rooms/{event}/messages', { ...this.#as(), body: { id: message.id, text: message.text } }));
      case 'ask': {
        const { op: _, ...body } = message;
        return void this.#said(message, request('post', '/api/v1/rooms/{event}/questions', { ...this.#as(), body: body as never }));
      }
      case 'range':
        return void this.#range(message);
      default: // what only a socket can say
    }
  }

  close(): void {
    this.readyState = 3;
    this.#source?.close();
  }

  #as() {
    return { path: { event: this.event }, headers: this.#headers };
  }

  async #join({ token, resume }: Message): Promise<void> {
    this.#headers = { Authorization: `Bearer ${token}` };
    const { ticket } = await request('post', '/api/v1/rooms/{event}/tickets', this.#as());
    if (this.readyState === 3) return;
    const place = new URLSearchParams({ ticket, ...(resume && { e: resume.e, s: String(resume.s) }) });
    const source = new EventSource(`/rooms/${this.event}/events?${place}`);
    this.#source = source;
    source.onmessage = ({ data }) => this.#heard(String(data));
    // A ticket opens one stream: coming back takes another, and the client asks for it.
    source.onerror = () => this.#end(this.#bye);
  }

  /** The last word before the stream ends says why; a socket would say it as it closes. */
  #heard(data: string): void {
    if (data.includes('"bye"')) {
      const { op, code } = JSON.parse(data) as Message;
      if (op === 'bye') this.#bye = Number(code) || 1006;
    }
    this.#tell(data);
  }

  async #said({ id }: Message, sent: Promise<unknown>): Promise<void> {
    try {
      this.#tell(JSON.stringify({ ...((await sent) as object | undefined), op: 'ack', id }));
    } catch (failure) {
      const { problem, isUndecided } = failure as Refusal;
      // Not answered: said again after the next welcome.
      if (isUndecided) this.#end(1006);
      else this.#tell(JSON.stringify({ op: 'nack', id, problem }));
    }
  }

  async #range({ e, from, to }: Message): Promise<void> {
    const frame = await request('get', '/api/v1/rooms/{event}/log', { ...this.#as(), query: { epoch: e, after: from - 1 } }).catch(() => null);
    this.#tell(JSON.stringify(frame ?? { op: 'gap', to }));
  }

  #tell(data: string): void {
    if (this.readyState === 1) this.onmessage?.call(this as never, new MessageEvent('message', { data }));
  }

  #end(code: number): void {
    if (this.readyState === 3) return;
    this.close();
    this.onclose?.call(this as never, new CloseEvent('close', { code }));
  }
}
