import { expect, test } from 'vitest';
import { lacking, planDraft, planFaults, planOf } from './plan';

const NOW = Date.parse('2026-05-12T12:00:00Z');
const draft = () => planDraft(undefined, ['en', 'zh-CN'], 'Asia/Shanghai', 'zh-CN', NOW);

test('a new plan starts tomorrow evening in the zone of the firm', () => {
  expect(draft()).toMatchObject({ wall: '2026-05-13T20:00', zone: 'Asia/Shanghai', languages: ['zh-CN'] });
  expect(planOf(draft()).starts_at).toBe('2026-05-13T12:00:00.000Z');
});

test('each fault stands with its field', () => {
  expect(planFaults(draft(), NOW)).toEqual({ title: 'fault-title' });
  expect(planFaults({ ...draft(), languages: [] }, NOW)).toEqual({ languages: 'show-no-language' });
  expect(planFaults({ ...draft(), title: { 'zh-CN': '展厅' }, wall: '' }, NOW)).toEqual({ starts_at: 'fault-start' });
  expect(planFaults({ ...draft(), title: { 'zh-CN': '展厅' }, wall: '2026-05-12T19:59' }, NOW)).toEqual({ starts_at: 'fault-start-past' });
  expect(planFaults({ ...draft(), title: { 'zh-CN': '展厅' }, wall: '2026-05-12T19:59' }, NOW, '2026-05-12T11:59:00.000Z')).toEqual({});
});

test('only the languages of the show go out, and one without a title is named', () => {
  const typed = { ...draft(), languages: ['zh-CN', 'en'], title: { 'zh-CN': ' 展厅 ', en: ' ', ja: 'x' } };
  expect(lacking(typed)).toEqual(['en']);
  expect(planOf(typed).title).toEqual({ 'zh-CN': '展厅' });
});
