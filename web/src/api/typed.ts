// A document as urql takes it: text, with the types of its answer and its variables.
import type { TypedDocumentNode } from 'urql';

export const typed = <Data, Variables>(text: string): TypedDocumentNode<Data, Variables & Record<string, unknown>> =>
  text as unknown as TypedDocumentNode<Data, Variables & Record<string, unknown>>;
