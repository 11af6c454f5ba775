/** Passkeys: adding one, logging in with one, and whether this page can. */

import { Refusal } from '@livefair/api';
import { answer, api } from './api/client';

/**
 * Whether passkeys can be used on this page: `elsewhere` when the server has them at another address, `nowhere` when
 * the server's address is one that browsers refuse them for, `unsupported` when the browser has none.
 */
export type Passkeys = 'here' | 'elsewhere' | 'nowhere' | 'unsupported';

export function passkeys(at: string | null | undefined, origin: string, browser: object): Passkeys {
  if (!at) return 'nowhere';
  if (at !== origin) return 'elsewhere';
  const own = (browser as { PublicKeyCredential?: object }).PublicKeyCredential;
  return own && 'parseRequestOptionsFromJSON' in own ? 'here' : 'unsupported';
}

export async function addPasskey(name: string): Promise<void> {
  const challenge = await answer(api.POST('/api/v1/passkeys/challenges'));
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(challenge.publicKey as unknown as PublicKeyCredentialCreationOptionsJSON);
  const credential = await asked(navigator.credentials.create({ publicKey }));
  await answer(api.POST('/api/v1/passkeys', { body: { name, credential } }));
}

export async function usePasskey(): Promise<void> {
  const challenge = await answer(api.POST('/api/v1/session/passkey-challenges'));
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(challenge.publicKey as unknown as PublicKeyCredentialRequestOptionsJSON);
  const credential = await asked(navigator.credentials.get({ publicKey }));
  await answer(api.POST('/api/v1/session/passkey', { body: { credential } }));
}

/** What the browser made, as JSON; its refusals are ours. */
async function asked(credential: Promise<Credential | null>): Promise<Record<string, never>> {
  try {
    const made = await credential;
    if (made instanceof PublicKeyCredential) return made.toJSON() as Record<string, never>;
  } catch (cause) {
    // Said when the device has a passkey of this person's already.
    if (cause instanceof DOMException && cause.name === 'InvalidStateError') throw refused('passkey-on-device');
  }
  throw refused('passkey-not-given');
}

function refused(code: string): Refusal {
  return new Refusal({ type: `/problems/${code}`, title: code, status: 0 });
}
