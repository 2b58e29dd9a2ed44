// Bars that lie below each other, with their figures beside them; lengths are shares of the longest.
export type Shade = 'accent' | 'age-1' | 'age-2' | 'age-3' | 'age-4';

export interface Bar {
  readonly name: string;
  readonly hint?: string;
  /** A decimal of the API, as text. */
  readonly value: string;
  readonly label: string;
  readonly shade?: Shade;
}

export function Bars({ bars }: { bars: readonly Bar[] }) {
  const longest = Math.max(...bars.map(({ value }) => Number(value)), Number.MIN_VALUE);
  return (
    <div className="chart-bars">
      {bars.map(({ name, hint, value, label, shade = 'accent' }) => (
        <div key={name} className="bar-row">
          <span className="bar-name">
            {name}
            {hint && <span className="muted"> {hint}</span>}
          </span>
          <span className="bar-track">
            <span className={`bar-fill ${shade}`} style={{ width: `${(100 * Math.max(Number(value), 0)) / longest}%` }} />
          </span>
          <span className="bar-label">{label}</span>
        </div>
      ))}
    </div>
  );
}
