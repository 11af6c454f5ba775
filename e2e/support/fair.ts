/** A running Livefair of the test's own: the built program on free ports, with a real encoder where a show needs one. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base } from '@playwright/test';

const program = process.env.LIVEFAIR ?? `${process.env.HOME}/.cache/livefair/target/debug/livefair`;
export const OWNER = { email: 'gu@example.com', password: 'a-long-enough-password', name: 'Gu Weijun' };

export class Fair {
  readonly #children: ChildProcess[] = [];
  /** What its programs have printed. */
  said = '';
  private constructor(
    readonly data: string,
    readonly base: string,
    readonly rtmp: string,
  ) {}

  /** Starts `serve` with an owner, `demo`, or an `empty` house that nobody works in, and waits until it is ready. */
  static async start(kind: 'serve' | 'demo' | 'empty'): Promise<Fair> {
    const data = mkdtempSync(join(tmpdir(), 'livefair-e2e-'));
    const [http, rtmp] = [await freePort(), await freePort()];
    const fair = new Fair(data, `http://127.0.0.1:${http}`, `rtmp://127.0.0.1:${rtmp}/live`);
    const common = ['--data', data, '--http', `127.0.0.1:${http}`, '--rtmp', `127.0.0.1:${rtmp}`];
    try {
      if (kind === 'serve') addOwner(common);
      const child = fair.#run(program, [kind === 'demo' ? 'demo' : 'serve', ...common]);
      await waitFor(async () => (await fetch(`${fair.base}/readyz`)).ok, 20_000, () => child.exitCode !== null);
    } catch (cause) {
      await fair.stop();
      throw cause;
    }
    return fair;
  }

  /** Publishes a moving picture with a tone through real RTMP, as OBS would. */
  publish(key: string): ChildProcess {
    return this.#run('ffmpeg', [
      ...['-hide_banner', '-loglevel', 'error', '-nostdin', '-re'],
      ...['-f', 'lavfi', '-i', 'testsrc2=s=640x360:r=25', '-f', 'lavfi', '-i', 'sine=f=440:r=48000'],
      ...['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-pix_fmt', 'yuv420p'],
      ...['-g', '50', '-sc_threshold', '0', '-b:v', '600k', '-c:a', 'aac', '-b:a', '96k', '-f', 'flv'],
      `${this.rtmp}/${key}`,
    ]);
  }

  async stop(): Promise<void> {
    for (const child of this.#children.reverse()) {
      if (child.exitCode !== null) continue;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 12_000);
      await once(child, 'exit');
      clearTimeout(timer);
    }
    rmSync(this.data, { recursive: true, force: true });
  }

  #run(command: string, args: string[]): ChildProcess {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.said += text));
    this.#children.push(child);
    return child;
  }
}

function addOwner(common: string[]): void {
  const added = spawnSync(
    program,
    ['user', 'add', ...common, '--email', OWNER.email, '--name', OWNER.name, '--firm', 'Ningbo Huamao'],
    { env: { ...process.env, LIVEFAIR_PASSWORD: OWNER.password }, encoding: 'utf8' },
  );
  if (added.status !== 0) throw new Error(`user add failed: ${added.stderr}`);
}

export async function waitFor(done: () => Promise<boolean>, ms: number, gone = () => false): Promise<void> {
  const until = Date.now() + ms;
  while (Date.now() < until && !gone()) {
    if (await done().catch(() => false)) return;
    await new Promise((again) => setTimeout(again, 100));
  }
  throw new Error(gone() ? 'the program ended' : `not within ${ms} ms`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** The id of the demo's show, once it is on the air. */
export async function liveShow(demo: Fair): Promise<string> {
  let event = '';
  await waitFor(async () => {
    const shows = (await (await fetch(`${demo.base}/api/v1/shows`)).json()) as { items: { id: string; state: string }[] };
    event = shows.items.find(({ state }) => state === 'live')?.id ?? '';
    return event !== '';
  }, 60_000);
  return event;
}

async function lend(kind: 'serve' | 'demo' | 'empty', use: (fair: Fair) => Promise<void>): Promise<void> {
  const fair = await Fair.start(kind);
  try {
    await use(fair);
  } finally {
    await fair.stop();
  }
}

export const test = base.extend<{ fair: Fair; demo: Fair; empty: Fair }>({
  fair: ({}, use) => lend('serve', use),
  demo: ({}, use) => lend('demo', use),
  empty: ({}, use) => lend('empty', use),
});
export { expect } from '@playwright/test';
