// Fetched after the first paint: the connection to the room and what people say in it.
export { RoomClient } from '@livefair/ui/room/client.ts';
export { default as Chat } from './Chat.svelte';
export { default as NameField } from './NameField.svelte';
export { default as Questions } from './Questions.svelte';
