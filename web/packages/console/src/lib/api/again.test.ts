import { Refusal } from '@livefair/api';
import { expect, test } from 'vitest';
import { onceMore } from './again';

const refused = (code: string) => new Refusal({ type: `/problems/${code}`, title: code, status: 409 });

/** Pins that somebody else changes once, between reading and writing. */
function pinsThatMove() {
  let known = { products: [] as string[], version: 1 };
  const server = { products: ['on-air'], version: 2 };
  return {
    pin: (product: string) => onceMore(
      async () => {
        if (known.version !== server.version) throw refused('version-conflict');
        server.products = [product, ...known.products];
        return server.products;
      },
      async () => (known = { ...server }),
    ),
  };
}

test('a wish that came too late is kept and tried on the newer state', async () => {
  expect(await pinsThatMove().pin('mine')).toEqual(['mine', 'on-air']);
});

test('it is tried once more, not for ever', async () => {
  let tries = 0;
  const attempt = () => Promise.reject(refused(`version-conflict`)).finally(() => (tries += 1));
  await expect(onceMore(attempt, async () => undefined)).rejects.toMatchObject({ code: 'version-conflict' });
  expect(tries).toBe(2);
});

test('another refusal is told at once', async () => {
  const renew = () => Promise.reject(new Error('must not be asked'));
  await expect(onceMore(() => Promise.reject(refused('too-many-pins')), renew)).rejects.toMatchObject({ code: 'too-many-pins' });
});
