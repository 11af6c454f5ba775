import { expect, test } from 'vitest';
import { passkeys } from './passkey';

const able = { PublicKeyCredential: { parseRequestOptionsFromJSON: () => undefined } };

test('passkeys are offered where the server, the address and the browser allow them', () => {
  expect(passkeys('https://fair.example', 'https://fair.example', able)).toBe('here');
  expect(passkeys('http://localhost:8080', 'http://127.0.0.1:8080', able)).toBe('elsewhere');
  expect(passkeys(undefined, 'http://192.0.2.7', able)).toBe('nowhere');
  expect(passkeys('https://fair.example', 'https://fair.example', {})).toBe('unsupported');
});
