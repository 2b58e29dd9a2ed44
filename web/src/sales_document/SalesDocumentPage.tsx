export default function SalesDocumentPage({ id }: { id: string }) {
  return <p>{id}</p>;
}
