// What stands where there is nothing to show: still loading, empty, failed, forbidden.
import { Component, type ReactNode } from 'react';
import type { CombinedError } from 'urql';
import { sentence } from '../api/records';
import { useWords } from '../words';
import { Button } from './buttons';
import { Card } from './card';

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

/** Where what is within cannot be drawn, as its script cannot be loaded, it says so, and the rest of the page stays. */
export class Boundary extends Component<{ children: ReactNode }> {
  override state = { failed: false };
  static getDerivedStateFromError = () => ({ failed: true });
  override render() {
    return this.state.failed ? <Failure error={undefined} onRetry={() => location.reload()} /> : this.props.children;
  }
}

/** A part of the screen that the viewer may not see: hidden is not empty. */
export function Forbidden({ title }: { title: string }) {
  const words = useWords();
  return (
    <Card title={title}>
      <Empty>{words.forbidden}</Empty>
    </Card>
  );
}
