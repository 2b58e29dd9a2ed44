// Sending a file by the kit. What the store has of it is remembered in this tab: if the network or the page was away, the same
// file goes on where it was.
import { uploadDocument, type UploadInput, type UploadState } from 'ficha-client';
import { useCallback } from 'react';
import { useConnection } from '../api/connection';
import { useChanges } from '../api/records';

/** Sends a file to a client's record; `tell` hears the share that has been sent, from 0 to 1. */
export function useUpload() {
  const { ficha } = useConnection();
  const changes = useChanges();
  return useCallback(
    async (file: File, { kind, replacesId, ...input }: UploadInput, tell: (share: number) => void) => {
      const stated = { ...input, ...(kind ? { kind } : {}), ...(replacesId ? { replacesId } : {}) };
      const place = `ficha:upload:${JSON.stringify([input.clientId, replacesId, file.name, file.size, file.lastModified])}`;
      try {
        const payload = await uploadDocument(
          ficha,
          file,
          { ...stated, ...(file.type ? { contentType: file.type } : {}) },
          {
            resume: JSON.parse(sessionStorage.getItem(place) ?? 'null') as UploadState | null,
            onState: (state) => sessionStorage.setItem(place, JSON.stringify(state)),
            onProgress: (sent, total) => tell(total ? sent / total : 1),
          },
        );
        sessionStorage.removeItem(place);
        changes.tell();
        return payload;
      } catch (error) {
        if (!(error instanceof TypeError)) sessionStorage.removeItem(place); // refused, rather than lost on its way
        throw error;
      }
    },
    [ficha, changes],
  );
}
