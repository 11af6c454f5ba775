// The shared pieces of both applications. Styles: import '@livefair/ui/base.css' once (it brings the tokens).
export { default as Badge } from './Badge.svelte';
export { default as Button } from './Button.svelte';
export { default as Card } from './Card.svelte';
export { default as Dialog } from './Dialog.svelte';
export { default as EmptyState } from './EmptyState.svelte';
export { default as Field } from './Field.svelte';
export { default as Icon } from './Icon.svelte';
export { default as Money } from './Money.svelte';
export { default as Skeleton } from './Skeleton.svelte';
export { default as Tabs } from './Tabs.svelte';
export * from './format.ts';
export { total } from './total.ts';
export { uuidv7 } from './uuid.ts';
export { Words } from './fluent.ts';
export { lang, sentence, setWords, t, unit, type Args } from './words.ts';
export { RoomClient, type RoomOptions } from './room/client.ts';
export * from './room/state.ts';
