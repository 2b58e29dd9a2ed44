// Sending a file: announced to Ficha, sent to the store part by part, completed.
import { CompleteDocumentUpload, PrepareDocumentUpload, type ClientDocumentKind, type PrepareDocumentUploadData } from '../api/operations';
import type { useSend } from '../api/records';
import { findingsOf, type Findings } from '../form/values';

type Upload = NonNullable<NonNullable<PrepareDocumentUploadData['prepareDocumentUpload']>['documentUpload']>;

/** Bytes up to which the whole file is hashed before it is sent. */
const HASHED = 64 * 1024 * 1024;

/** The SHA-256 of the file in hexadecimal, where the browser can compute it. */
async function digest(file: File): Promise<string | null> {
  if (!crypto.subtle || file.size > HASHED) return null;
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Send all parts; `tell` hears the share that has been sent, from 0 to 1. A part that fails is sent once more. */
async function sendParts(upload: Upload, file: File, tell: (share: number) => void): Promise<void> {
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

interface Destination {
  readonly clientId: string;
  readonly kind: ClientDocumentKind | null;
  readonly replacesId?: string | null;
}

/** Send a file to a client's record: the id of the document that it became, null where something was wrong with it. */
export async function sendFile(send: ReturnType<typeof useSend>, file: File, to: Destination, tell: (share: number) => void): Promise<{ id: string | null; findings: Findings }> {
  const sha256 = await digest(file);
  const input = {
    clientId: to.clientId,
    name: file.name,
    size: file.size,
    ...(file.type ? { contentType: file.type } : {}),
    ...(sha256 ? { sha256 } : {}),
    ...(to.kind ? { kind: to.kind } : {}),
    ...(to.replacesId ? { replacesId: to.replacesId } : {}),
  };
  const prepared = await send(PrepareDocumentUpload, { input }, { change: false });
  const announced = prepared.prepareDocumentUpload.documentUpload;
  if (!announced) return { id: null, findings: findingsOf(prepared) };
  await sendParts(announced, file, tell);
  const completed = await send(CompleteDocumentUpload, { input: { uploadId: announced.id } });
  return { id: completed.completeDocumentUpload.document?.id ?? null, findings: findingsOf(completed) };
}
