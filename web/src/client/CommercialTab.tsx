import type { Shown } from '../client/ClientPage';

export default function CommercialTab({ client }: { client: Shown }) {
  return <p>{client.legalName}</p>;
}
