// Draws the pages with believable data and takes their pictures: `npm run build && npm run look -- OUT_DIR [HLS_DIR]`.
// Answers to the API and the room are made here; the pages are the built ones. Runs axe on each page.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const [out = 'look', hls] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const dist = new URL('./dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('manifest.json', dist), 'utf8'));
const words = (lang) => readFileSync(new URL(`words/${lang}.json`, dist), 'utf8');
mkdirSync(out, { recursive: true });
const write = (line) => process.stdout.write(`${line}\n`);
const ORIGIN = 'http://look.test';

const names = {
  en: ['Magnetic building tiles, 64 pieces', 'Wooden abacus with number cards', 'Solar system model, motorised', 'Letter tracing board, bamboo'],
  'zh-CN': ['磁力片积木 64 片', '木制算盘配数字卡', '电动太阳系模型', '竹制字母描红板'],
  es: ['Piezas magnéticas de construcción, 64 unidades', 'Ábaco de madera con tarjetas numéricas', 'Sistema solar motorizado', 'Tablero de trazos de letras, bambú'],
  ja: ['マグネットブロック 64ピース', '木製そろばん（数字カード付き）', '電動太陽系模型', '竹製なぞり書きボード'],
};
const picture = (i) => `/pictures/${i}/800.jpg`;
const svg = (i) => {
  const [a, b] = [['#1f4fa3', '#f2b84b'], ['#b5502f', '#f0dcc0'], ['#23304d', '#e7a33e'], ['#4d7a52', '#e8efd8']][i % 4];
  const blocks = Array.from({ length: 9 }, (_, k) => `<rect x="${90 + (k % 3) * 75}" y="${90 + Math.floor(k / 3) * 75}" width="66" height="66" rx="10" fill="${k % 2 ? a : '#fff'}" opacity=".9"/>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400"><rect width="400" height="400" fill="${b}"/>${blocks.join('')}</svg>`;
};
const tier = (min_quantity, micro) => ({ min_quantity, unit_price: { micro, currency: 'USD' } });
const products = (lang) => names[lang].map((name, i) => ({
  id: `p${i}`, variant: `v${i}`, sku: `NB-${1040 + i}`, name, text: '', lang, picture: picture(i), pictures: [], unit: 'SET',
  moq: 240 * (i + 1), multiple: 24, lead_time_days: 25, tiers: [tier(240, 8_200_000 + i * 900_000), tier(1200, 7_450_000 + i * 900_000), tier(4800, 6_980_000 + i * 900_000)],
  available: 5000, carton: { pieces: 24, length_mm: 520, width_mm: 380, height_mm: 410, gross_g: 14200 }, origin: 'CN',
}));
const titles = { en: 'Wednesday show: toys that teach', 'zh-CN': '周三直播：会教学的玩具', es: 'Emisión del miércoles: juguetes que enseñan', ja: '水曜ライブ：学べるおもちゃ' };
const show = (lang, state) => ({
  id: 'e1', title: titles[lang], text: '', lang, state, starts_at: new Date(Date.now() + 26.5 * 3_600_000).toISOString(), org_name: 'Ningbo Bright Minds', time_zone: 'Asia/Shanghai',
  languages: ['en'], products: ['p0', 'p1', 'p2', 'p3'], pins: state === 'scheduled' ? [] : ['p0'], on_air: null, recording: null,
});
const boot = (lang, state) => ({ event: 'e1', lang, show: { ...show(lang, state), recording: state === 'replay' ? 'r1' : null }, products: products(lang), media: '/live/e1/index.m3u8', calendar: `/e/e1/show.ics?lang=${lang}` });
const question = (i, n, x, o, product, state = 'new') => ({ s: i, l: 'qa', k: 'q', d: { id: `q${i}`, n, x, o, product, state } });
const soldOut = { ev: [{ s: 3, l: 'ctl', k: 'offer', d: { offer: 'o1', product: 'p0', variant: 'v0', unit_price: { micro: 7_200_000, currency: 'USD' }, total: 4800, left: 0, per_company: 1200, min_quantity: 240, starts_at: Date.now() - 60_000, ends_at: Date.now() + 263_000, state: 'sold_out', version: 10 } }] };
const snapshot = (state) => ({
  ev: [
    { s: 1, l: 'ctl', k: 'state', d: { state, version: 3 } },
    ...(state === 'scheduled' ? [] : [{ s: 2, l: 'ctl', k: 'pins', d: { v: 2, pins: ['p0'] } },
      { s: 3, l: 'ctl', k: 'offer', d: { offer: 'o1', product: 'p0', variant: 'v0', unit_price: { micro: 7_200_000, currency: 'USD' }, total: 4800, left: 3120, per_company: 1200, min_quantity: 240, starts_at: Date.now() - 60_000, ends_at: Date.now() + 263_000, state: 'active', version: 9 } }]),
    question(4, 'Ana', '¿Tienen certificado EN 71 y CE?', 'es', 'p0', 'answered_text'),
    { s: 5, l: 'qa', k: 'a', d: { id: 'a1', question: 'q4', x: 'Sí: EN 71-1/2/3 y CE, informe de 2026. Se lo enviamos con la oferta.', o: 'es', by: 'Lin Yue', public: true } },
    question(6, 'Kenji', 'Can the box be printed in Japanese?', 'en', 'p0'),
    question(7, 'Marta', 'What is the lead time for 2,400 sets to Valencia?', 'en', 'p1', 'answered_on_air'),
    { s: 8, l: 'chat', k: 'msg', d: { id: 'm1', n: 'Ana', x: 'Buenas tardes desde Madrid', o: 'es' } },
    { s: 9, l: 'chat', k: 'msg', d: { id: 'm2', n: 'Kenji', x: 'Hello from Osaka', o: 'en' } },
    { s: 10, l: 'chat', k: 'msg', d: { id: 'm3', n: 'Lin Yue', x: 'Welcome, all of you. Ask anything.', o: 'en', c: true } },
  ],
  st: [{ k: 'cnt', v: 1, d: { n: 1204 } }],
});
const order = { id: 'or1', number: 'LF-1S3M9K-7Q2X', state: 'placed', event: 'e1', offer: 'o1', product: 'p0', variant: 'v0', sku: 'NB-1040', name: names.en[0], quantity: 480,
  unit_price: { micro: 7_200_000, currency: 'USD' }, total: { minor: 345_600, currency: 'USD' }, placed_at: new Date().toISOString(), reserved_until: new Date(Date.now() + 48 * 3_600_000).toISOString(),
  buyer: { company: 'Juguetes Sol S.L.', name: 'Ana Ruiz', email: 'ana@sol.example', country: 'ES' } };
const deal = { buyer: order.buyer, orders: [order, { ...order, id: 'or2', number: 'LF-1S2A0B-1C3D', state: 'confirmed', reserved_until: null }],
  inquiries: [{ id: 'i1', state: 'quoting', text: 'We need 2,400 sets, boxes printed in Spanish, CIF Valencia in September.', lang: 'en', opened_at: new Date().toISOString(), buyer: order.buyer }] };

const page = (kind, lang, body, data) => `<!doctype html><html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover"><title>Livefair</title>
<link rel="stylesheet" href="/assets/watch/${manifest['src/shell.css'].file}"><script type="module" src="/assets/watch/${manifest[`src/${kind}.ts`].file}"></script></head><body>
<a class="lf-skip" href="#main">Skip</a><header class="lf-bar"><a class="lf-brand" href="/">Ningbo Bright Minds</a><nav class="lf-langs" aria-label="Language"><a href="?lang=en" aria-current="true" lang="en">English</a><a href="?lang=zh-CN" lang="zh-CN">中文</a><a href="?lang=es" lang="es">Español</a><a href="?lang=ja" lang="ja">日本語</a></nav></header>
${body}<script type="application/json" id="boot">${JSON.stringify(data)}</script><script type="application/json" id="words">${words(lang)}</script></body></html>`;

async function answerRoutes(context, state, { sold, slow, lost, elsewhere, silent } = {}) {
  let named = false;
  await context.route(`${ORIGIN}/**`, async (route) => {
    const url = new URL(route.request().url());
    const path = url.pathname;
    const lang = url.searchParams.get('lang') ?? 'en';
    if (path.startsWith('/e/')) return route.fulfill({ contentType: 'text/html', body: page('watch', lang, '<div id="show" class="lf-page"></div>', boot(lang, state)) });
    if (path.startsWith('/deal/')) return route.fulfill({ contentType: 'text/html', body: page('deal', lang, '<div id="deal" class="lf-page"></div>', { lang }) });
    if (path.startsWith('/assets/watch/')) return route.fulfill({ path: new URL(path.slice(14), dist).pathname });
    if (path.startsWith('/pictures/')) return route.fulfill({ contentType: 'image/svg+xml', body: svg(Number(path.split('/')[2])) });
    if (path.startsWith('/replay/r1/') && hls) return route.fulfill({ path: `${hls}/${path.slice(11)}`, contentType: path.endsWith('m3u8') ? 'application/vnd.apple.mpegurl' : 'video/mp4' });
    if (path.startsWith('/live/e1/') && hls && !lost) return route.fulfill({ path: `${hls}/${path.slice(9)}`, contentType: path.endsWith('m3u8') ? 'application/vnd.apple.mpegurl' : 'video/mp4' });
    if (path.endsWith('/tokens')) return route.fulfill({ json: { token: 't', name: '', participant: named ? 'guest:1' : 'anyone:1', crew: false } });
    if (path === '/api/v1/guests') { named = true; return route.fulfill({ json: { guest: '1', name: 'Ana' } }); }
    if (path === '/api/v1/deal') return route.fulfill({ json: deal });
    if (path.endsWith('/orders') && silent) return route.abort();
    if (path.endsWith('/orders')) return route.fulfill({ status: 201, json: { order, deal: '/deal/x' } });
    return route.fulfill({ status: 404, contentType: 'application/problem+json', body: '{"type":"/problems/no-such-path","title":"","status":404}' });
  });
  if (lost) await context.routeWebSocket('**/rooms/e1', (socket) => socket.close());
  else await context.routeWebSocket('**/rooms/e1', (socket) => socket.onMessage((text) => {
    const message = JSON.parse(String(text));
    if (message.op === 'join') socket.send(JSON.stringify({ op: 'welcome', e: 'k', s: 10, now: Date.now(), tick_ms: 20, retry_ms: 0, lang: 'en', snap: sold ? { ...snapshot(state), ev: [...snapshot(state).ev, ...soldOut.ev] } : snapshot(state), me: { questions: [] } }));
    if (message.op === 'join' && elsewhere) socket.close({ code: 4009 });
    else if (message.id && slow) socket.send(JSON.stringify({ op: 'nack', id: message.id, problem: { type: '/problems/room-slow-down', title: '', status: 429, retry_after_s: 5 } }));
    else if (message.id) socket.send(JSON.stringify({ op: 'ack', id: message.id }));
  }));
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
// `LOOK=sold` takes the pictures whose names hold `sold`.
const only = process.env.LOOK ?? '';
const sizes = { phone: { width: 390, height: 844 }, tablet: { width: 820, height: 1180 }, desktop: { width: 1440, height: 900 }, side: { width: 844, height: 390 } };
let faults = 0;

async function shoot(name, { size, theme = 'light', lang = 'en', state = 'live', path = '/e/e1', act, ...faulty }) {
  if (!name.includes(only)) return;
  const context = await browser.newContext({ viewport: sizes[size], colorScheme: theme, locale: lang, timezoneId: 'Europe/Madrid' });
  await answerRoutes(context, state, faulty);
  const tab = await context.newPage();
  tab.on('pageerror', (error) => { faults++; write(`  ${name}: ${error}`); });
  tab.on('console', (line) => { if (line.type() === 'error' && !/404|WebSocket|ERR_FAILED/.test(line.text())) { faults++; write(`  ${name}: ${line.text()}`); } });
  await tab.goto(`${ORIGIN}${path}?lang=${lang}`);
  await tab.waitForTimeout(1200);
  await act?.(tab);
  await tab.screenshot({ path: `${out}/${name}.png` });
  const wide = await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) { faults++; write(`  ${name}: ${wide} px too wide`); }
  await tab.evaluate(axe);
  const { violations } = await tab.evaluate(() => globalThis.axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  for (const found of violations) { faults++; write(`  ${name}: ${found.id}: ${found.nodes.map((node) => `${node.target} ${node.any.map((any) => any.message).join('; ')}`).slice(0, 3).join(' | ')}`); }
  write(`${name}: ${violations.length} violations; video ${await tab.evaluate(() => document.querySelector('video')?.currentTime ?? 'none')}`);
  await context.close();
}
const order_open = async (tab) => { await tab.getByRole('button', { name: 'Order now' }).click(); await tab.waitForTimeout(600); };
const order_sent = async (tab) => {
  await order_open(tab);
  for (const [label, value] of [['Company', 'Juguetes Sol S.L.'], ['Your name', 'Ana Ruiz'], ['E-mail', 'ana@sol.example']]) await tab.getByLabel(label).fill(value);
  await tab.getByLabel('Country').selectOption('ES');
  await tab.getByRole('button', { name: 'Place the order' }).click();
  await tab.waitForTimeout(600);
};
const order_done = async (tab) => {
  await order_sent(tab);
  await tab.getByText('LF-1S3M9K-7Q2X').waitFor();
};
const ask = async (tab) => {
  await tab.getByRole('textbox', { name: 'Your question' }).fill('Is the paint water based?');
  await tab.getByLabel('Your name').fill('Ana');
  await tab.keyboard.press('Enter');
  await tab.getByText('Waiting for an answer').waitFor();
  await tab.waitForTimeout(500);
};

const say = async (tab) => {
  await tab.getByRole('tab', { name: 'Chat' }).click();
  await tab.getByRole('textbox', { name: 'Your message' }).fill('Hello again');
  await tab.getByLabel('Your name').fill('Ana');
  await tab.keyboard.press('Enter');
  await tab.waitForTimeout(800);
};

await shoot('live-phone-light', { size: 'phone' });
await shoot('live-phone-dark-zh', { size: 'phone', theme: 'dark', lang: 'zh-CN' });
await shoot('live-phone-es', { size: 'phone', lang: 'es', act: (tab) => tab.evaluate(() => scrollTo(0, 420)) });
await shoot('live-desktop-light', { size: 'desktop', act: ask });
await shoot('live-desktop-dark-ja', { size: 'desktop', theme: 'dark', lang: 'ja' });
await shoot('live-tablet-light', { size: 'tablet' });
await shoot('live-side-light', { size: 'side' });
await shoot('offline-phone-ja', { size: 'phone', lang: 'ja', act: (tab) => tab.context().setOffline(true).then(() => tab.waitForTimeout(500)) });
for (const lang of ['en', 'zh-CN', 'es', 'ja']) {
  for (const state of ['live', 'interrupted', 'scheduled', 'ended', 'replay', 'cancelled']) {
    await shoot(`all-${state}-${lang}-phone`, { size: 'phone', lang, state, theme: lang === 'es' || lang === 'ja' ? 'dark' : 'light' });
    await shoot(`all-${state}-${lang}-desktop`, { size: 'desktop', lang, state, theme: lang === 'en' || lang === 'es' ? 'dark' : 'light' });
  }
  await shoot(`all-deal-${lang}-phone`, { size: 'phone', lang, path: '/deal/tok', theme: lang === 'zh-CN' ? 'dark' : 'light' });
}
await shoot('sold-out-phone', { size: 'phone', sold: true });
await shoot('sold-out-desktop-zh', { size: 'desktop', sold: true, lang: 'zh-CN' });
await shoot('slow-phone', { size: 'phone', slow: true, act: say });
await shoot('lost-phone-es', { size: 'phone', lost: true, lang: 'es', act: (tab) => tab.waitForTimeout(6000) });
await shoot('lost-desktop-ja', { size: 'desktop', lost: true, lang: 'ja', theme: 'dark', act: (tab) => tab.waitForTimeout(6000) });
await shoot('interrupted-phone', { size: 'phone', state: 'interrupted' });
await shoot('before-phone', { size: 'phone', state: 'scheduled' });
await shoot('before-desktop-zh', { size: 'desktop', state: 'scheduled', lang: 'zh-CN' });
await shoot('ended-phone-dark', { size: 'phone', state: 'ended', theme: 'dark' });
await shoot('order-phone', { size: 'phone', act: order_open });
await shoot('order-done-phone', { size: 'phone', act: order_done });
await shoot('order-unanswered-phone', { size: 'phone', silent: true, act: order_sent });
await shoot('elsewhere-phone', { size: 'phone', elsewhere: true });
await shoot('elsewhere-desktop-ja', { size: 'desktop', lang: 'ja', elsewhere: true });
await shoot('chat-phone', { size: 'phone', act: (tab) => tab.getByRole('tab', { name: 'Chat' }).click() });
await shoot('order-desktop-dark', { size: 'desktop', theme: 'dark', act: order_open });
await shoot('deal-phone', { size: 'phone', path: '/deal/tok' });
await shoot('deal-desktop-dark', { size: 'desktop', theme: 'dark', path: '/deal/tok' });
await browser.close();
process.exitCode = faults ? 1 : 0;
