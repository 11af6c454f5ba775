import { Refusal } from '@livefair/api';
import { expect, test } from 'vitest';
import { Once } from './once';

const refused = (status: number) => new Refusal({ type: '/problems/x', title: 'x', status });

test('a wish keeps its key and its body until it is answered', async () => {
  const keys: string[] = [];
  const bodies: number[] = [];
  let moment = 0;
  const once = new Once();
  const send = (wish: object, answer?: Refusal) =>
    once.run(wish, () => ++moment, async (body, key) => {
      keys.push(key);
      bodies.push(body);
      if (answer) throw answer;
    }).catch(() => undefined);
  await send({ delta: 5 }, refused(0));
  await send({ delta: 5 }, refused(503));
  await send({ delta: 5 });
  await send({ delta: 5 }, refused(409));
  await send({ delta: 5 }, refused(0));
  await send({ delta: 6 });
  expect([keys[1], keys[2]]).toEqual([keys[0], keys[0]]);
  expect(new Set(keys).size).toBe(4);
  expect(bodies).toEqual([1, 1, 1, 2, 3, 4]);
});
