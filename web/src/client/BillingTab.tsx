import type { Shown } from '../client/ClientPage';

export default function BillingTab({ client }: { client: Shown }) {
  return <p>{client.legalName}</p>;
}
