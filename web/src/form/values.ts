// What a form holds and what it sends.

import type { Problem as Stated } from 'ficha-client';

export type Value = unknown;
export type Values = Readonly<Record<string, Value>>;

export interface Problem extends Stated {
  readonly allowed?: readonly string[];
  readonly suggestion?: string | null;
}

export interface Findings {
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
}

export const NO_FINDINGS: Findings = { errors: [], warnings: [] };

/** The findings of a mutation's payload, which is its answer's only field. */
export function findingsOf(data: unknown): Findings {
  const [payload] = Object.values(data as Record<string, { userErrors?: Problem[]; warnings?: Problem[] } | null>);
  return { errors: payload?.userErrors ?? [], warnings: payload?.warnings ?? [] };
}

export const same = (one: Value, other: Value): boolean => JSON.stringify(one ?? null) === JSON.stringify(other ?? null);

/** Without a value: an empty text or list, or null. */
export const blank = (value: Value): boolean => value === null || value === undefined || value === '' || (Array.isArray(value) && !value.length);

const zoned = (zone: string) =>
  new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium', hourCycle: 'h23' });

/** An instant as `<input type="datetime-local">` takes it, on the clocks of a time zone. */
export function toLocal(instant: string | null | undefined, zone: string): string {
  if (!instant) return '';
  const parts = Object.fromEntries(zoned(zone).formatToParts(new Date(instant)).map(({ type, value }) => [type, value]));
  return `${parts['year']}-${parts['month']}-${parts['day']}T${parts['hour']}:${parts['minute']}`;
}

/** The instant at which those clocks show `local`. */
export function fromLocal(local: string, zone: string): string | null {
  if (!local) return null;
  const guess = new Date(`${local}Z`);
  const shown = new Date(`${toLocal(guess.toISOString(), zone)}Z`);
  return new Date(2 * guess.getTime() - shown.getTime()).toISOString();
}

/** Today on the clocks of a time zone: the company's, which a day in a form is counted by. */
export const today = (zone: string): string => toLocal(new Date().toISOString(), zone).slice(0, 10);

/** The day after one, as `2026-11-20`. */
export function dayAfter(day: string): string {
  const next = new Date(`${day}T12:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return next.toISOString().slice(0, 10);
}
