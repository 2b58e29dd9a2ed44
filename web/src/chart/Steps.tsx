// A figure that changes on some days and stays in between: steps from the first day to the last.
import { useState, type PointerEvent } from 'react';

export interface Step {
  /** The day, as `2026-11-29`. */
  readonly day: string;
  readonly dayLabel: string;
  /** A decimal of the API, as text. */
  readonly value: string;
  readonly label: string;
  readonly text: string;
}

const WIDTH = 800;
const HEIGHT = 200;
const PAD = 10;

const instant = (day: string) => Date.parse(day);

/** `steps` are in the order of their days, from the first day's to the last day's. */
export function Steps({ steps, currency }: { steps: readonly Step[]; currency: string }) {
  const [under, point] = useState<number>();
  const [first, last] = [steps[0], steps.at(-1)];
  if (!first || !last) return null;
  const values = steps.map(({ value }) => Number(value));
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const span = instant(last.day) - instant(first.day) || 1;
  const x = (day: string) => ((instant(day) - instant(first.day)) / span) * WIDTH;
  const y = (value: number) => PAD + ((high - value) / (high - low || 1)) * (HEIGHT - 2 * PAD);
  const line = steps.map(({ day }, place) => `${place ? `H${x(day)}V` : `M${x(day)} `}${y(values[place] ?? 0)}`).join('');
  const shown = steps[under ?? steps.length - 1] ?? last;
  const nearest = ({ clientX, currentTarget }: PointerEvent<SVGSVGElement>) => {
    const { left, width } = currentTarget.getBoundingClientRect();
    const at = ((clientX - left) / width) * WIDTH;
    point(Math.max(steps.findLastIndex(({ day }) => x(day) <= at), 0));
  };
  return (
    <>
      <p className="readout">
        <strong>
          {shown.label} {currency}
        </strong>{' '}
        · {shown.dayLabel} · {shown.text}
      </p>
      <svg className="steps" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" onPointerMove={nearest} onPointerLeave={() => point(undefined)}>
        <path className="steps-area" d={`${line}V${y(0)}H0Z`} />
        <path className="steps-zero" d={`M0 ${y(0)}H${WIDTH}`} />
        <path className="steps-line" d={line} />
        {under !== undefined && <path className="steps-here" d={`M${x(shown.day)} 0V${HEIGHT}`} />}
      </svg>
      <div className="axis">
        <span>{first.dayLabel}</span>
        <span>{last.dayLabel}</span>
      </div>
    </>
  );
}
