import type { Shown } from '../client/ClientPage';

export default function DocumentsTab({ client }: { client: Shown }) {
  return <p>{client.legalName}</p>;
}
