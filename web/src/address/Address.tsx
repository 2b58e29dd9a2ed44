// An address as one writes it on an envelope.
import type { Profile } from '../client/DetailTab';

export type ShownAddress = Profile['branchAddresses'][number];

export function Address({ address }: { address: ShownAddress }) {
  return (
    <address className="address">
      {address.label && <strong>{address.label}</strong>}
      {address.formatted.lines.map((line) => (
        <span key={line}>{line}</span>
      ))}
      {address.reference && <span className="muted">{address.reference}</span>}
    </address>
  );
}
