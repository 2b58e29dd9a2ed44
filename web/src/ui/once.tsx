// A secret that is shown once, to be copied.
import { useWords } from '../words';
import { Button, Dialog } from './buttons';
import { Copy } from './copy';

export function Once({ title, help, secret, onClose }: { title: string; help: string; secret: string; onClose: () => void }) {
  const words = useWords();
  return (
    <Dialog title={title} open onClose={onClose}>
      <div className="form dialog-body">
        <p>{help}</p>
        <p className="once">
          <Copy text={secret} />
        </p>
        <footer>
          <Button kind="primary" onPress={onClose}>
            {words.done}
          </Button>
        </footer>
      </div>
    </Dialog>
  );
}
