import type { SalesDocumentType } from '../api/operations';

export default function SalesDocumentForm(_: { clientId: string; type: SalesDocumentType; onClose: () => void }) {
  return null;
}
