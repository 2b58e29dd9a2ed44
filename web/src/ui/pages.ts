// Pages of a list within a tab: more and more of it up to what the API answers at once, then the next page.
import { useState } from 'react';

const STEP = 20;
const MOST = 100;

interface Page {
  readonly first: number;
  readonly after: string | null;
}

export const FIRST_PAGE: Page = { first: STEP, after: null };

/** The page, and what shows more of the list; begins anew with another `list`. */
export function usePages(list: string): [Page, (endCursor: string | null) => void] {
  const [state, setState] = useState({ list, page: FIRST_PAGE });
  const page = state.list === list ? state.page : FIRST_PAGE;
  const more = (endCursor: string | null) =>
    setState({ list, page: page.first < MOST ? { ...page, first: page.first + STEP } : { first: STEP, after: endCursor } });
  return [page, more];
}
