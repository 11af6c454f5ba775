import { Refusal } from '@livefair/api/refusal.ts';
import { expect, test } from 'vitest';
import { Once } from './once.ts';
import { faultOf, least } from './quantity.ts';
import { wrongBy, wrongWith } from './wrong.ts';

test('the smallest quantity is the minimum, and steps count from it, as the seller counts', () => {
  expect(least({ moq: 100, multiple: 24 })).toBe(100);
  expect([100, 120, 124].map((quantity) => faultOf(quantity, { moq: 100, multiple: 24 }))).toEqual([null, 'quantity-rule', null]);
  expect(least({ moq: 0, multiple: 0 })).toBe(1);
});

test('a quantity is refused below the minimum, between multiples and above what is left', () => {
  const rules = { moq: 48, multiple: 24, most: 96 };
  expect([24, 50, 120, NaN, 72].map((quantity) => faultOf(quantity, rules))).toEqual(['quantity-rule', 'quantity-rule', 'quantity-left', 'quantity-rule', null]);
});

test('details name what is missing', () => {
  expect(wrongWith({ company: ' ', name: 'Ana', email: 'ana', country: 'ES' })).toEqual({ company: 'required', email: 'email-wrong' });
});

test('the field that the server refused is the one shown as wrong', () => {
  const problem = { type: '/problems/bad-field', title: '', status: 422 };
  expect(['buyer.email', 'text', 'event', undefined].map((field) => wrongBy({ ...problem, field }))).toEqual([{ email: 'email-wrong' }, { text: 'required' }, {}, {}]);
});

const undecided = () => new Refusal({ type: '/problems/offline', title: '', status: 0 });
const decided = () => new Refusal({ type: '/problems/out-of-stock', title: '', status: 409 });

test('a wish keeps its key until the server has answered', async () => {
  const once = new Once();
  const keys: string[] = [];
  const send = (fail?: () => Refusal) => once.run({ quantity: 1 }, async (key) => { keys.push(key); if (fail) throw fail(); }).catch(() => undefined);
  await send(undecided);
  await send(undecided);
  await send(decided);
  await send();
  await send();
  const [a, b, c, d, e] = keys;
  expect([a === b, b === c, c === d, d === e]).toEqual([true, true, false, false]);
});

test('another wish gets another key', async () => {
  const once = new Once();
  const keys: string[] = [];
  for (const quantity of [1, 2]) await once.run({ quantity }, async (key) => { keys.push(key); throw undecided(); }).catch(() => undefined);
  expect(keys[0]).not.toBe(keys[1]);
});

test('only a wish that was sent and not answered is awaited', async () => {
  const once = new Once();
  const send = (fail?: () => Refusal) => once.run({ quantity: 1 }, async () => { if (fail) throw fail(); }).catch(() => undefined);
  const awaited = () => [once.awaits({ quantity: 1 }), once.awaits({ quantity: 2 })];
  expect(awaited()).toEqual([false, false]);
  await send(undecided);
  expect(awaited()).toEqual([true, false]);
  await send(decided);
  expect(awaited()).toEqual([false, false]);
});
