import { useWords } from '../words';
import { Button } from './buttons';

/** Shows more of a list, if there is more. */
export function More({ page, onMore }: { page: { readonly hasNextPage: boolean; readonly endCursor: string | null }; onMore: (endCursor: string | null) => void }) {
  const words = useWords();
  return page.hasNextPage ? (
    <div className="pages">
      <Button onPress={() => onMore(page.endCursor)}>{words.more}</Button>
    </div>
  ) : null;
}
