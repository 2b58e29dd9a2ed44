// The guide beside the editor: what the tabs are, a button for each that opens it or opens it again, and the page of the
// record that the active tab is about.
import { useGraphiQL } from '@graphiql/react';
import { useState } from 'react';

const KINDS = [
  ['query', 'Reading', 'The tabs are in the order of the screen.'],
  ['mutation', 'Changing', 'With validateOnly: true, so that nothing is saved.'],
  ['subscription', 'Live', 'Each change, until you press Stop. Change the record in another tab to see one.'],
];

export const guidePlugin = (operations, open, clientPage) => ({
  title: 'Guide',
  icon: () => (
    <svg viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <circle cx="8" cy="8" r="6.5" />
      <path d="M8 7.2v4M8 4.6v.2" />
    </svg>
  ),
  content: () => <Guide operations={operations} open={open} clientPage={clientPage} />,
});

function Guide({ operations, open, clientPage }) {
  const [words, setWords] = useState('');
  const matching = operations.filter((each) => fold(`${each.title} ${each.purpose}`).includes(fold(words)));
  return (
    <section className="guide" aria-label="Guide">
      <h2>Ficha</h2>
      <p>
        Each tab is an operation of a client&rsquo;s record, ready to run: press <kbd>Ctrl</kbd>&nbsp;<kbd>Enter</kbd>. Close and edit
        them as you like; the buttons below open them again. The search of the docs knows Spanish terms too, as{' '}
        <em>razón social</em> or <em>tarifa</em>.
      </p>
      {clientPage && <ClientLink clientPage={clientPage} />}
      <input type="search" aria-label="Find an operation" placeholder="Find an operation" value={words} onChange={(event) => setWords(event.target.value)} />
      {KINDS.map(([kind, title, note]) => (
        <div key={kind}>
          <h3>{title}</h3>
          <p>{note}</p>
          <ul>
            {matching
              .filter((each) => each.kind === kind)
              .map((each) => (
                <li key={each.name}>
                  <button type="button" onClick={() => open(each)}>
                    {each.title}
                  </button>{' '}
                  {each.purpose}
                </li>
              ))}
          </ul>
        </div>
      ))}
    </section>
  );
}

const fold = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** The page of the client that the active tab's variables name. */
function ClientLink({ clientPage }) {
  const variables = useGraphiQL(({ tabs, activeTabIndex }) => tabs[activeTabIndex]?.variables ?? '');
  const [id] = variables.match(/cli_[0-9a-f-]{36}/) ?? [];
  return id ? <a href={clientPage + id}>The page of this tab&rsquo;s client</a> : null;
}
