// Who the page speaks for: in the demo whoever was chosen from the list "See as", else who signed in at an issuer.
import { start, type Persona } from '../api/start';

const PERSONA = 'ficha:persona';

/** The demo's collaborator whom this tab sees the page as. */
export const persona = (): Persona | undefined =>
  start.personas.find(({ email }) => email === sessionStorage.getItem(PERSONA)) ?? start.personas[0];

export const become = (email: string): void => sessionStorage.setItem(PERSONA, email);

const PLACE = 'ficha:place';

/** Remember what this tab shows while the person is at the issuer. */
export const keepPlace = (): void => sessionStorage.setItem(PLACE, location.pathname.slice(start.base.length) + location.search);

/** What was remembered, once. */
export function placeLeft(): string {
  const place = sessionStorage.getItem(PLACE) ?? '';
  sessionStorage.removeItem(PLACE);
  return place;
}

export interface SignedIn {
  readonly headers: () => Promise<Record<string, string>>;
}

/** What GraphiQL signs in with, too; loaded only where there is an issuer. */
export const openIssuerSession = async (): Promise<IssuerSession> => {
  const { openSession } = await import('../../../graphiql/src/session.js');
  return openSession({ url: start.graphql, accept: start.accept, issuers: start.issuers });
};

export interface IssuerSession extends SignedIn {
  readonly message: string;
  /** Why signing in failed, as the issuer or the browser says it; empty where it did not. */
  readonly failure: string;
  /** Whether an invitation is to be accepted by signing in. */
  readonly invited: boolean;
  readonly person: { collaborator: { name: string }; company: { name: string } } | null;
  readonly companies: readonly { id: string; name: string }[];
  readonly begin: (issuer: { issuer: string; client: string }) => Promise<void>;
  readonly choose: (company: string) => Promise<void>;
}
