// Lists that people put in order: by dragging the handle of a row, or with the arrow keys on it. The new order is shown at
// once, and the old one again if it could not be saved.
import { useId, useState, type ComponentProps, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import { useWords } from '../words';
import { IconDrag } from './icons';

interface Order {
  /** The ids as they are shown now. */
  readonly ids: readonly string[];
  /** What moves a row, for its beginning. */
  readonly handle: (id: string, name: string) => ReactNode;
}

const moved = (ids: readonly string[], id: string, place: number): readonly string[] => {
  const rest = ids.filter((each) => each !== id);
  return [...rest.slice(0, place), id, ...rest.slice(place)];
};

/** `save` takes the ids in their new order. */
export function useOrder(ids: readonly string[], save: (ids: readonly string[]) => Promise<unknown>): Order {
  const words = useWords();
  const list = useId();
  const [shown, show] = useState<readonly string[]>();
  const [dragged, drag] = useState<string>();
  const now = shown ?? ids;
  const keep = (next: readonly string[]) => void save(next).finally(() => show(undefined));

  const press = (event: KeyboardEvent, id: string) => {
    const place = now.indexOf(id) + ({ ArrowUp: -1, ArrowDown: 1 }[event.key] ?? Number.NaN);
    if (!(place >= 0 && place < now.length)) return;
    event.preventDefault();
    const next = moved(now, id, place);
    show(next);
    keep(next);
  };
  const begin = (event: PointerEvent, id: string) => {
    if (event.button) return;
    event.preventDefault(); // no text is selected
    (event.currentTarget as HTMLElement).focus();
    let next = now;
    const move = ({ clientX, clientY }: globalThis.PointerEvent) => {
      const over = nearest(list, clientX, clientY);
      if (over && over !== id) show((next = moved(next, id, next.indexOf(over))));
    };
    const end = ({ type }: Event) => {
      removeEventListener('pointermove', move);
      removeEventListener('pointerup', end);
      removeEventListener('pointercancel', end);
      drag(undefined);
      if (type === 'pointercancel' || next === now) show(undefined);
      else keep(next);
    };
    addEventListener('pointermove', move);
    addEventListener('pointerup', end);
    addEventListener('pointercancel', end);
    drag(id);
  };
  const handle = (id: string, name: string) =>
    ids.length > 1 && (
      <Handle
        name={words.move(name, now.indexOf(id) + 1, now.length)}
        dragged={dragged === id}
        data-list={list}
        data-id={id}
        onKeyDown={(event) => press(event, id)}
        onPointerDown={(event) => begin(event, id)}
      />
    );
  return { ids: now, handle };
}

/** What a row or a card is dragged by, and what its arrow keys move. */
export function Handle({ name, dragged, ...rest }: { name: string; dragged: boolean } & ComponentProps<'button'>) {
  const words = useWords();
  return (
    <button type="button" className={`handle ${dragged ? 'dragged' : ''}`} aria-label={name} title={words.moveHelp} {...rest}>
      <IconDrag />
    </button>
  );
}

/** The row of a list whose handle is nearest to a point. */
function nearest(list: string, x: number, y: number): string | undefined {
  const handles = [...document.querySelectorAll<HTMLElement>('[data-list]')].filter(({ dataset }) => dataset['list'] === list);
  const far = (handle: HTMLElement) => {
    const { left, top, width, height } = handle.getBoundingClientRect();
    return Math.hypot(left + width / 2 - x, top + height / 2 - y);
  };
  return handles.sort((one, other) => far(one) - far(other))[0]?.dataset['id'];
}

/** Rows in the order of ids. */
export const inOrder = <Row extends { readonly id: string }>(rows: readonly Row[], ids: readonly string[]): readonly Row[] =>
  ids.flatMap((id) => rows.filter((row) => row.id === id));
