/**
 * Glass to glass: how old the picture is that a viewer sees.
 *
 * Every frame carries, in black and white blocks, the wall-clock millisecond at which it was drawn. ffmpeg encodes and
 * publishes it over RTMP as OBS would; Chromium plays the real watch page; a script in the page reads the blocks off
 * the video ten times a second. Encoder, network, server, playlist, player and its buffer are all within the figure;
 * the camera, the sound card and the screen are not. One clock: everything runs on one machine.
 *
 *   node e2e/measure/glass.mjs [--livefair PATH] [--seconds 60] [--warm-up 10] [--only obs|zerolatency] [--rate 30] [--trace]
 *
 * `--trace` prints the first reading of each second: age, how much of it came after the server (by the page's own
 * reckoning), what the player has in hand, and how fast it plays.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const { values: given } = parseArgs({
  options: { livefair: { type: 'string' }, seconds: { type: 'string' }, 'warm-up': { type: 'string' }, only: { type: 'string' }, limit: { type: 'string' }, rate: { type: 'string' }, trace: { type: 'boolean' } },
});
const program = given.livefair ?? process.env.LIVEFAIR ?? `${process.env.HOME}/.cache/livefair/target/release/livefair`;
const seconds = Number(given.seconds ?? 60);
const warm_up_s = Number(given['warm-up'] ?? 10);
const limit_ms = Number(given.limit ?? 3000);
const OWNER = { email: 'owner@example.com', password: 'porcelain-and-cobalt' }; // of the demo

const [WIDTH, HEIGHT, RATE] = [1280, 720, Number(given.rate ?? 30)];
// 48 blocks in two rows: 41 bits of milliseconds, 7 bits to tell a misread from a time.
const [BLOCK, COLUMNS, TIME_BITS, CHECK_BITS] = [48, 24, 41, 7];
const LEFT = (WIDTH - COLUMNS * BLOCK) / 2;
const ENCODERS = {
  obs: { says: 'x264 veryfast, CBR 2500k, keyframe every 2 s', args: [] },
  zerolatency: { says: 'the same with tune zerolatency', args: ['-tune', 'zerolatency'] },
};

const children = [];
const data = mkdtempSync(join(tmpdir(), 'livefair-glass-'));
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(data, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

const show = await goOnAir();
console.log(`glass to glass, ${WIDTH}×${HEIGHT} at ${RATE} frames/s, RTMP → LL-HLS (parts of 334 ms) → hls.js in Chromium, one machine`);
console.log(`${seconds} s each after ${warm_up_s} s, read every 100 ms\n`);
console.log('encoder                                          p50 ms   p95 ms   max ms  after the server   reads  misread  dropped frames  stalls');
let slow = false;
for (const [name, encoder] of Object.entries(ENCODERS)) {
  if (given.only && given.only !== name) continue;
  const seen = await measure(encoder.args);
  if (given.trace) for (const line of seen.trace) console.log(line);
  const at = (share) => seen.ages[Math.min(seen.ages.length - 1, Math.ceil(seen.ages.length * share) - 1)] ?? NaN;
  const cell = (value, width) => String(value).padStart(width);
  console.log(
    encoder.says.padEnd(46) + cell(at(0.5), 9) + cell(at(0.95), 9) + cell(at(1), 9) + cell(seen.behind, 18) + cell(seen.ages.length, 8) + cell(seen.misread, 9) +
      cell(`${seen.dropped} of ${seen.frames}`, 16) + cell(seen.stalls, 8),
  );
  slow ||= !(at(0.95) <= limit_ms) || seen.ages.length < seconds * 5;
}
if (slow) console.log(`\nslower than ${limit_ms} ms at p95, or too little was read`);
process.exit(slow ? 1 : 0);

/** The demo's firm, whose show we publish ourselves. */
async function goOnAir() {
  writeFileSync(join(data, 'glass.toml'), '[media]\nffmpeg = "off"\n');
  const [http, rtmp] = [await freePort(), await freePort()];
  const base = `http://127.0.0.1:${http}`;
  const server = run(program, ['demo', '--config', join(data, 'glass.toml'), '--data', join(data, 'data'), '--http', `127.0.0.1:${http}`, '--rtmp', `127.0.0.1:${rtmp}`, '--log', 'warn']);
  const call = client(base);
  await until('the server', () => server.exitCode === null && call('POST', '/api/v1/session', OWNER).then(() => true));
  const event = await until('the show', async () => (await call('GET', '/api/v1/events')).items[0]?.id);
  await until('its run sheet', async () => (await call('GET', `/api/v1/events/${event}/run_items`)).items.length >= 6);
  const { key } = await call('POST', `/api/v1/events/${event}/stream-keys`, { label: 'glass' });
  return { base, call, event, ingest: `rtmp://127.0.0.1:${rtmp}/live/${key}`, live: false };
}

async function goLive() {
  const to = async (state) => {
    const { version } = await show.call('GET', `/api/v1/events/${show.event}`);
    await show.call('POST', `/api/v1/events/${show.event}/transitions`, { to: state, from_version: version });
  };
  for (const state of ['scheduled', 'rehearsing']) await to(state);
  await until('the checklist', async () => (await show.call('GET', `/api/v1/events/${show.event}/readiness`)).ready);
  for (const state of ['scheduled', 'live']) await to(state);
  show.live = true;
}

async function measure(tuning) {
  const encoder = publish(tuning);
  if (!show.live) await goLive();
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run', '--autoplay-policy=no-user-gesture-required'],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(`${show.base}/e/${show.event}`);
    await page.waitForFunction(() => document.querySelector('video')?.currentTime > 0, null, { timeout: 60_000 });
    await page.waitForTimeout(warm_up_s * 1000);
    return await page.evaluate(readAges, { seconds, WIDTH, BLOCK, COLUMNS, LEFT, TIME_BITS, CHECK_BITS });
  } finally {
    await browser.close();
    encoder.stop();
    await until('the encoder to leave', async () => encoder.child.exitCode !== null || encoder.child.signalCode !== null);
  }
}

/** Runs in the page. */
async function readAges({ seconds, WIDTH, BLOCK, COLUMNS, LEFT, TIME_BITS, CHECK_BITS }) {
  const video = document.querySelector('video');
  const canvas = Object.assign(document.createElement('canvas'), { width: WIDTH, height: 2 * BLOCK });
  const context = canvas.getContext('2d', { willReadFrequently: true });
  let [stalls, misread] = [0, 0];
  video.addEventListener('waiting', () => stalls++);
  const before = video.getVideoPlaybackQuality();
  const [ages, behind, trace] = [[], [], []];
  const note = (age) => {
    ages.push(age);
    behind.push(Number(document.querySelector('[data-latency-ms]')?.dataset.latencyMs));
    const { buffered, currentTime, playbackRate } = video;
    const in_hand_s = buffered.length ? buffered.end(buffered.length - 1) - currentTime : 0;
    const at_s = Math.floor((performance.now() - began) / 1000);
    if (trace.length <= at_s) trace.push(`${at_s} s: age ${age} ms, after the server ${behind.at(-1)} ms, in hand ${in_hand_s.toFixed(2)} s, rate ${playbackRate}, stalls ${stalls}`);
  };
  const began = performance.now();
  for (const until = performance.now() + seconds * 1000; performance.now() < until; ) {
    const now = Date.now();
    context.drawImage(video, 0, 0, WIDTH, 2 * BLOCK, 0, 0, WIDTH, 2 * BLOCK);
    const { data } = context.getImageData(0, 0, WIDTH, 2 * BLOCK);
    let [time, check] = [0, 0];
    for (let bit = 0; bit < TIME_BITS + CHECK_BITS; bit++) {
      const x = LEFT + (bit % COLUMNS) * BLOCK + BLOCK / 2;
      const y = Math.floor(bit / COLUMNS) * BLOCK + BLOCK / 2;
      const one = data[(y * WIDTH + x) * 4 + 1] > 127 ? 1 : 0;
      if (bit < TIME_BITS) time = time * 2 + one;
      else check = check * 2 + one;
    }
    if (time % 127 === check) note(now - time);
    else misread++;
    await new Promise((again) => setTimeout(again, 100));
  }
  const after = video.getVideoPlaybackQuality();
  return {
    ages: ages.sort((a, b) => a - b), misread, stalls, trace,
    behind: behind.sort((a, b) => a - b)[behind.length >> 1],
    dropped: after.droppedVideoFrames - before.droppedVideoFrames,
    frames: after.totalVideoFrames - before.totalVideoFrames,
  };
}

/** Draws frames in real time and lets ffmpeg publish them. */
function publish(tuning) {
  const child = run('ffmpeg', [
    ...['-hide_banner', '-loglevel', 'error', '-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', `${WIDTH}x${HEIGHT}`, '-r', String(RATE), '-i', 'pipe:0'],
    ...['-f', 'lavfi', '-i', 'sine=f=440:r=48000', '-map', '0:v', '-map', '1:a'],
    ...['-c:v', 'libx264', '-preset', 'veryfast', ...tuning, '-g', String(2 * RATE), '-keyint_min', String(2 * RATE), '-sc_threshold', '0'],
    ...['-b:v', '2500k', '-minrate', '2500k', '-maxrate', '2500k', '-bufsize', '2500k'],
    ...['-c:a', 'aac', '-b:a', '128k', '-f', 'flv', show.ingest],
  ], 'pipe');
  child.stdin.on('error', () => undefined); // ffmpeg has ended
  const picture = moving();
  const ended = once(child, 'exit');
  let stopped = false;
  void (async () => {
    const began = performance.now();
    for (let n = 0; !stopped && child.exitCode === null; n++) {
      const wait = began + (n * 1000) / RATE - performance.now();
      if (wait > 0) await new Promise((go) => setTimeout(go, wait));
      const frame = picture(n);
      stamp(frame, Date.now());
      if (!child.stdin.write(frame)) await Promise.race([once(child.stdin, 'drain'), ended]).catch(() => undefined);
    }
    child.stdin.end();
  })();
  return { child, stop: () => { stopped = true; child.kill('SIGTERM'); } };
}

/** A landscape that drifts by, so that the encoder has something to do. */
function moving() {
  const wide = Buffer.alloc(2 * WIDTH * HEIGHT);
  for (let y = 0; y < HEIGHT; y++)
    for (let x = 0; x < 2 * WIDTH; x++) {
      const angle = (x / WIDTH) * Math.PI; // comes round at twice the width
      wide[y * 2 * WIDTH + x] = 120 + 50 * Math.sin(4 * angle + y / 40) + 30 * Math.sin(18 * angle) * Math.cos(y / 23) + ((x * 7919 + y * 104729) % 17);
    }
  return (n) => {
    const frame = Buffer.alloc((WIDTH * HEIGHT * 3) / 2, 128);
    const from = (n * 3) % WIDTH;
    for (let y = 0; y < HEIGHT; y++) wide.copy(frame, y * WIDTH, y * 2 * WIDTH + from, y * 2 * WIDTH + from + WIDTH);
    return frame;
  };
}

/** Draws the time into the two rows of blocks at the top. */
function stamp(frame, time) {
  const bits = time.toString(2).padStart(TIME_BITS, '0') + (time % 127).toString(2).padStart(CHECK_BITS, '0');
  for (let bit = 0; bit < bits.length; bit++) {
    const [x, y] = [LEFT + (bit % COLUMNS) * BLOCK, Math.floor(bit / COLUMNS) * BLOCK];
    const luma = bits[bit] === '1' ? 235 : 16;
    for (let row = 0; row < BLOCK; row++) frame.fill(luma, (y + row) * WIDTH + x, (y + row) * WIDTH + x + BLOCK);
  }
}

function client(base) {
  let cookie = '';
  return async (method, path, body) => {
    const headers = { origin: base, cookie, ...(body ? { 'content-type': 'application/json' } : {}) };
    const response = await fetch(base + path, { method, headers, body: body && JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? cookie;
    const text = await response.text();
    return text ? JSON.parse(text) : null;
  };
}

function run(command, args, stdin = 'ignore') {
  const child = spawn(command, args, { stdio: [stdin, 'ignore', 'inherit'] });
  children.push(child);
  return child;
}

async function until(what, done) {
  let last;
  for (const end = Date.now() + 180_000; Date.now() < end; ) {
    const result = await done().catch((cause) => void (last = cause));
    if (result) return result;
    await new Promise((again) => setTimeout(again, 100));
  }
  throw new Error(`waited in vain for ${what}: ${last ?? ''}`);
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}
