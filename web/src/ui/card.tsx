// A titled part of a page, a list of names and values in it, and marks.
import { useId, type ReactNode } from 'react';

export function Card({ title, tools, children, level = 2 }: { title: ReactNode; tools?: ReactNode; children: ReactNode; level?: 2 | 3 }) {
  const id = useId();
  const Title = level === 2 ? 'h2' : 'h3';
  return (
    <section className="card" aria-labelledby={id}>
      <header>
        <Title id={id}>{title}</Title>
        {tools && <div className="tools">{tools}</div>}
      </header>
      {children}
    </section>
  );
}

/** Names and values; a value that is missing is a dash. */
export const Values = ({ children }: { children: ReactNode }) => <dl className="values">{children}</dl>;

export const Value = ({ name, children }: { name: string; children: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children === null || children === undefined || children === '' ? <span className="muted">—</span> : children}</dd>
  </div>
);

export type Tone = 'neutral' | 'good' | 'warning' | 'bad' | 'accent';

export const Badge = ({ tone = 'neutral', children }: { tone?: Tone; children: ReactNode }) => <span className={`badge ${tone}`}>{children}</span>;
