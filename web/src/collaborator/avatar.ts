// A collaborator's picture, chosen from this device. Everybody may change their own.
import { SetCollaboratorAvatarDocument } from 'ficha-client';
import { useCallback } from 'react';
import { useAct } from '../form/act';
import { base64, chooseFile, PICTURES } from '../ui/files';

/** What gives a collaborator a picture, and what takes it away. */
export function useAvatar() {
  const act = useAct();
  const set = useCallback(async (id: string, file: File | undefined) => void (await act(SetCollaboratorAvatarDocument, { id, image: file ? await base64(file) : null })), [act]);
  const choose = useCallback((id: string) => chooseFile((file) => void set(id, file), PICTURES), [set]);
  return { choose, remove: (id: string) => void set(id, undefined) };
}
