// The bar above GraphiQL: who is signed in, and in which company, or as whom one sees the demo; nothing where tokens are
// not to be had here.
import { useState } from 'react';

export function Bar({ session, personas, persona, onSeeAs, onChange }) {
  const [message, setMessage] = useState(session.failure ? `Signing in failed: ${session.failure}` : session.message);
  const tell = (error) => setMessage(error.message);
  const { issuers } = session.page;
  if (!issuers.length && !personas.length) return null;
  return (
    <header className="session" aria-label="Session">
      {personas.length > 0 && (
        <label>
          See as{' '}
          <select value={(persona ?? personas[0]).email} onChange={(event) => onSeeAs(event.target.value)}>
            {personas.map(({ name, role, email }) => (
              <option key={email} value={email}>
                {name} · {role}
              </option>
            ))}
          </select>
        </label>
      )}
      {session.person && `${session.person.collaborator.name} · ${session.person.company.name}`}
      {session.companies.length > 0 && (
        <label>
          Company{' '}
          <select value="" onChange={(event) => session.choose(event.target.value).then(onChange, tell)}>
            <option value="" disabled />
            {session.companies.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      {!session.person &&
        !session.companies.length &&
        issuers.map((each) => (
          <button key={each.issuer} type="button" onClick={() => session.begin(each).catch(tell)}>
            {session.invited ? 'Sign in to accept the invitation' : 'Sign in'}
            {issuers.length > 1 && ` at ${new URL(each.issuer).host}`}
          </button>
        ))}
      {message && <output role="alert">{message}</output>}
    </header>
  );
}
