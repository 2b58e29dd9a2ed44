// What stands where there is nothing to show: still loading, empty, failed, forbidden.
import type { ReactNode } from 'react';
import type { CombinedError } from 'urql';
import { sentence } from '../api/records';
import { useWords } from '../words';
import { Button } from './buttons';

export const Loading = () => {
  const words = useWords();
  return (
    <p className="loading" role="status">
      {words.loading}
    </p>
  );
};

export const Message = ({ title, children }: { title: string; children?: ReactNode }) => (
  <section className="message">
    <h1>{title}</h1>
    {children}
  </section>
);

export const Empty = ({ children }: { children: ReactNode }) => <p className="empty">{children}</p>;

/** Why something could not be read, in the server's words, with a way to try again. */
export function Failure({ error, onRetry }: { error: CombinedError | undefined; onRetry: () => void }) {
  const words = useWords();
  const refused = error?.graphQLErrors.every((each) => each.extensions['code'] === 'FORBIDDEN') && error.graphQLErrors.length;
  return (
    <div className="failure" role="alert">
      <p>{error?.networkError && !error.response ? words.offline : sentence(error, words.failed)}</p>
      {!refused && <Button onPress={onRetry}>{words.retry}</Button>}
    </div>
  );
}
