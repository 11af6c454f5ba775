import { expect, test } from 'vitest';
import { counted, UNITS, unitWord } from './unit';

test('a count is followed by its unit in words, a unit without one by itself', () => {
  expect([counted(1, 'piece'), counted(1200, 'SET'), counted(2, 'display tray')]).toEqual(['1 piece', '1,200 sets', '2 display tray']);
});

test('every unit that is offered has a word', () => {
  for (const unit of UNITS) expect(unitWord(unit, 1)).not.toBe(unit);
});
