// Columns side by side, each of parts upon each other; whichever the pointer is on says below what it holds.
import { useState } from 'react';

export interface Part {
  readonly name: string;
  readonly value: number;
  readonly shade: string;
}

export interface Stack {
  readonly key: string;
  readonly name: string;
  readonly total: number;
  readonly label: string;
  readonly parts: readonly Part[];
}

interface Props {
  readonly stacks: readonly Stack[];
  readonly chosen?: string;
  readonly onChoose?: (key: string) => void;
}

export function Stacks({ stacks, chosen = '', onChoose }: Props) {
  const [under, point] = useState('');
  const highest = Math.max(...stacks.map(({ total }) => total), 1);
  const shown = stacks.find(({ key }) => key === (under || chosen)) ?? stacks.at(-1);
  return (
    <>
      <div className="stacks" onPointerLeave={() => point('')}>
        {stacks.map(({ key, total, parts }) => (
          <div key={key} className={`stack-slot ${key === shown?.key ? 'on' : ''}`} onPointerEnter={() => point(key)} onClick={() => onChoose?.(key)}>
            <div className="stack-bar" style={{ height: `${(100 * total) / highest}%` }}>
              {parts.map(({ name, value, shade }) => (
                <span key={name} className={`part ${shade}`} style={{ flexGrow: value }} />
              ))}
            </div>
          </div>
        ))}
      </div>
      <div className="axis">
        <span>{stacks[0]?.name}</span>
        {stacks.length > 1 && <span>{stacks.at(-1)?.name}</span>}
      </div>
      {shown && (
        <p className="readout">
          <strong>{shown.name}</strong> · {shown.label}
          {shown.parts.map(({ name, value, shade }) => (
            <span key={name} className="legend">
              <i className={shade} />
              {name} {value}
            </span>
          ))}
        </p>
      )}
    </>
  );
}
