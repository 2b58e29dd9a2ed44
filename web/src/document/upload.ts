// Sending a file: announced to Ficha, sent to the store part by part, completed.
import type { PrepareDocumentUploadData } from '../api/operations';

type Upload = NonNullable<NonNullable<PrepareDocumentUploadData['prepareDocumentUpload']>['documentUpload']>;

/** Bytes up to which the whole file is hashed before it is sent. */
const HASHED = 64 * 1024 * 1024;

/** The SHA-256 of the file in hexadecimal, where the browser can compute it. */
export async function digest(file: File): Promise<string | null> {
  if (!crypto.subtle || file.size > HASHED) return null;
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Send all parts; `tell` hears the share that has been sent, from 0 to 1. A part that fails is sent once more. */
export async function sendParts(upload: Upload, file: File, tell: (share: number) => void): Promise<void> {
  let done = 0;
  for (const part of upload.parts) {
    const form = new FormData();
    for (const { name, value } of part.fields) form.append(name, value);
    form.append('file', file.slice(part.offset, part.offset + part.size));
    const progress = (bytes: number) => tell((done + Math.min(bytes, part.size)) / file.size);
    await post(part.url, form, progress).catch(() => post(part.url, form, progress));
    done += part.size;
  }
}

/** `fetch` tells no progress of what it sends. */
const post = (url: string, form: FormData, progress: (bytes: number) => void) =>
  new Promise<void>((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.upload.onprogress = ({ loaded }) => progress(loaded);
    request.onload = () => (request.status < 300 ? resolve() : reject(new Error(`the store answered ${request.status}`)));
    request.onerror = () => reject(new Error('the store cannot be reached'));
    request.open('POST', url);
    request.send(form);
  });
