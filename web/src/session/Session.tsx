// Signs in and gives the rest of the page its connection. A new person, company or language is a new connection.
import { createContext, use, useEffect, useMemo, useState, type ReactNode } from 'react';
import { ConnectionProvider, type Headers } from '../api/connection';
import { ChangesProvider } from '../api/records';
import { start } from '../api/start';
import { useRoutes } from '../app/routes';
import { Button } from '../ui/buttons';
import { Loading } from '../ui/states';
import { useSpeech, useWords } from '../words';
import { become, keepPlace, openIssuerSession, persona, placeLeft, type IssuerSession } from './session';

interface Session {
  /** The e-mail address of the demo's collaborator, undefined where tokens come from an issuer. */
  readonly email: string | undefined;
  readonly seeAs: (email: string) => void;
  /** Ends a session of an issuer, whose tokens this page alone has. */
  readonly signOut?: () => void;
}

const Context = createContext<Session>({ email: undefined, seeAs: () => undefined });
export const useSession = (): Session => use(Context);

export function SessionProvider({ children }: { children: ReactNode }) {
  return start.issuers.length ? <AtIssuer>{children}</AtIssuer> : <InDemo>{children}</InDemo>;
}

function InDemo({ children }: { children: ReactNode }) {
  const words = useWords();
  const [person, setPerson] = useState(persona);
  const session = useMemo(
    () => ({
      email: person?.email,
      seeAs: (email: string) => {
        become(email);
        setPerson(persona());
      },
    }),
    [person],
  );
  const headers = useMemo<Headers>(() => async () => ({ Authorization: `Bearer ${person?.token ?? ''}` }), [person]);
  if (!person) return <Welcome>{words.signInNone}</Welcome>;
  return (
    <Context value={session}>
      <Connection key={person.email} headers={headers}>
        {children}
      </Connection>
    </Context>
  );
}

function AtIssuer({ children }: { children: ReactNode }) {
  const words = useWords();
  const { go } = useRoutes();
  const [session, setSession] = useState<IssuerSession>();
  const [failure, setFailure] = useState('');
  const [, setTurn] = useState(0);
  const again = () => setTurn((turn) => turn + 1);
  const fail = (error: Error) => setFailure(error.message);
  useEffect(() => {
    void openIssuerSession().then((opened) => {
      setSession(opened);
      setFailure(opened.failure);
      if (opened.person ?? opened.companies.length) go(placeLeft(), { replace: true });
    }, fail);
  }, [go]);
  const headers = useMemo<Headers>(() => async () => (session ? session.headers() : {}), [session]);
  const failed = failure && `${words.signInFailed}: ${failure}`;
  if (!session) return failed ? <Welcome message={failed} /> : <Loading />;
  if (session.person) {
    return (
      <Context value={SIGNED_IN}>
        <Connection headers={headers}>{children}</Connection>
      </Context>
    );
  }
  return (
    <Welcome message={failed || session.message}>
      {session.companies.map(({ id, name }) => (
        <Button key={id} onPress={() => void session.choose(id).then(again, fail)}>
          {name}
        </Button>
      ))}
      {!session.companies.length &&
        start.issuers.map((issuer) => (
          <Button key={issuer.issuer} kind="primary" onPress={() => void leave(session, issuer).catch(fail)}>
            {session.invited ? words.acceptInvitation : words.signIn}
            {start.issuers.length > 1 && ` · ${new URL(issuer.issuer).host}`}
          </Button>
        ))}
    </Welcome>
  );
}

const SIGNED_IN: Session = { email: undefined, seeAs: () => undefined, signOut: () => location.assign(start.base) };

/** The issuer sends people back to the page's own address; what they were looking at is opened again then. */
const leave = (session: IssuerSession, issuer: { issuer: string; client: string }) => {
  keepPlace();
  history.replaceState(null, '', start.base);
  return session.begin(issuer);
};

function Welcome({ children, message }: { children?: ReactNode; message?: string }) {
  const words = useWords();
  return (
    <main className="welcome">
      <h1>{words.signInTitle}</h1>
      {message && <p role="alert">{message}</p>}
      <div className="row">{children}</div>
    </main>
  );
}

function Connection({ headers, children }: { headers: Headers; children: ReactNode }) {
  const { language } = useSpeech();
  return (
    <ConnectionProvider headers={headers} language={language}>
      <ChangesProvider>{children}</ChangesProvider>
    </ConnectionProvider>
  );
}
