/** Logging in by passkey, where browser and server both offer it. */

interface Challenge { id?: string; publicKey?: PublicKeyCredentialRequestOptionsJSON }

async function post(path: string, body: object): Promise<Challenge> {
  const response = await fetch(`/api/v1/session/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(path);
  return (await response.json().catch(() => ({}))) as Challenge;
}

/** Whether this browser speaks passkeys in JSON and the server answers with a challenge. */
export async function passkeysOffered(): Promise<boolean> {
  if (typeof PublicKeyCredential === 'undefined' || !('parseRequestOptionsFromJSON' in PublicKeyCredential)) return false;
  return post('passkey-challenges', {}).then(() => true, () => false);
}

export async function usePasskey(): Promise<void> {
  const challenge = (await post('passkey-challenges', {})) as Challenge & PublicKeyCredentialRequestOptionsJSON;
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(challenge.publicKey ?? challenge);
  const credential = await navigator.credentials.get({ publicKey });
  if (!(credential instanceof PublicKeyCredential)) throw new Error('no credential');
  await post('passkey', { id: challenge.id, credential: credential.toJSON() });
}
