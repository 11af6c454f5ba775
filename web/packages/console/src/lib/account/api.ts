/** What people do with their own account. */

import { answer, api } from '../api/client';
import type { AccountChange } from '../types';

const of = (id: string) => ({ params: { path: { id } } });

export const account = {
  change: (body: AccountChange) => answer(api.PATCH('/api/v1/account', { body })),
  changePassword: (old: string, next: string) => answer(api.PUT('/api/v1/account/password', { body: { old, new: next } })),
  passkeys: () => answer(api.GET('/api/v1/passkeys')),
  renamePasskey: (id: string, name: string) => answer(api.PATCH('/api/v1/passkeys/{id}', { ...of(id), body: { name } })),
  removePasskey: (id: string) => answer(api.DELETE('/api/v1/passkeys/{id}', of(id))),
  sessions: () => answer(api.GET('/api/v1/sessions')),
  endSession: (id: string) => answer(api.DELETE('/api/v1/sessions/{id}', of(id))),
  endOtherSessions: () => answer(api.DELETE('/api/v1/sessions')),
};
