// Begins the import of a CFDI, for those who may register what it is.
import { lazy, Suspense, useState } from 'react';
import { useViewer } from '../api/choices';
import { Button } from '../ui/buttons';
import { useWords } from '../words';

const ImportCfdiDialog = lazy(() => import('./ImportCfdi'));

export function ImportButton({ clientId, quiet = false }: { clientId?: string; quiet?: boolean }) {
  const words = useWords();
  const permissions = useViewer()?.permissions ?? [];
  const [open, setOpen] = useState(false);
  if (!permissions.includes('sales:write') && !permissions.includes('billing:write')) return null;
  return (
    <>
      <Button kind={quiet ? 'quiet' : 'plain'} onPress={() => setOpen(true)}>
        {words.importCfdi}
      </Button>
      <Suspense>{open && <ImportCfdiDialog {...(clientId ? { clientId } : {})} onClose={() => setOpen(false)} />}</Suspense>
    </>
  );
}
