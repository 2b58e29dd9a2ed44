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

/** Whether a day or a time is of a year that calendars have; what is not goes to the server as it is, which says so. */
const usual = (local: string): boolean => /^[1-9]\d{3}-/.test(local);

/** The instant at which those clocks show `local`. */
export function fromLocal(local: string, zone: string): string | null {
  if (!usual(local)) return local || null;
  const clock = Date.parse(`${local}Z`);
  let instant = clock;
  // Twice: the first instant may lie on the other side of a change to summer time.
  for (let turn = 0; turn < 2; turn += 1) instant += clock - Date.parse(`${toLocal(new Date(instant).toISOString(), zone)}Z`);
  return new Date(instant).toISOString();
}

/** Today on the clocks of a time zone: the company's, which a day in a form is counted by. */
export const today = (zone: string): string => toLocal(new Date().toISOString(), zone).slice(0, 10);

/** The day after one, as `2026-11-20`. */
export function dayAfter(day: string): string {
  if (!usual(day)) return day;
  const next = new Date(`${day}T12:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return next.toISOString().slice(0, 10);
}
