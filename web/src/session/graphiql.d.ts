declare module '*/graphiql/src/session.js' {
  import type { IssuerSession } from './session';
  export function openSession(page: { url: string; accept: string; issuers: unknown }): Promise<IssuerSession>;
}
