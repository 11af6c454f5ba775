/** Logging in by passkey, where browser and server both offer it. */

import { session } from './api';

interface Challenge { id?: string; publicKey?: PublicKeyCredentialRequestOptionsJSON }

/** Whether this browser speaks passkeys in JSON and the server answers with a challenge. */
export async function passkeysOffered(): Promise<boolean> {
  if (typeof PublicKeyCredential === 'undefined' || !('parseRequestOptionsFromJSON' in PublicKeyCredential)) return false;
  return session.passkeyChallenge().then(() => true, () => false);
}

export async function usePasskey(): Promise<void> {
  const challenge = (await session.passkeyChallenge()) as Challenge & PublicKeyCredentialRequestOptionsJSON;
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(challenge.publicKey ?? challenge);
  const credential = await navigator.credentials.get({ publicKey });
  if (!(credential instanceof PublicKeyCredential)) throw new Error('no credential');
  await session.passkey({ id: challenge.id, credential: credential.toJSON() });
}
