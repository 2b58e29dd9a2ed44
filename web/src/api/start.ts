// What the server said in the page: where things are, and who one may be in the demo.

/** A collaborator of the demo as whom one may see the page. */
export interface Persona {
  readonly name: string;
  readonly role: string;
  readonly email: string;
  readonly token: string;
}

interface Start {
  /** The address of the page itself, without a slash at its end. */
  readonly base: string;
  readonly graphql: string;
  /** Empty where GraphiQL is not served. */
  readonly graphiql: string;
  readonly accept: string;
  readonly issuers: readonly { readonly issuer: string; readonly client: string }[];
  readonly personas: readonly Persona[];
}

export const start: Start = JSON.parse(document.getElementById('ficha')?.textContent ?? '{}');
