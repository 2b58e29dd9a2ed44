import type { Shown } from '../client/ClientPage';

export default function FollowUpsTab({ client }: { client: Shown }) {
  return <p>{client.legalName}</p>;
}
