// A secret that is shown once, to be copied.
import { Button, Dialog } from '../ui/buttons';
import { Copy } from '../ui/copy';
import { useSettingsWords } from './words';

export function Once({ title, help, secret, onClose }: { title: string; help: string; secret: string; onClose: () => void }) {
  const own = useSettingsWords();
  return (
    <Dialog title={title} open onClose={onClose}>
      <div className="form dialog-body">
        <p>{help}</p>
        <p className="once">
          <Copy text={secret} />
        </p>
        <footer>
          <Button kind="primary" onPress={onClose}>
            {own.done}
          </Button>
        </footer>
      </div>
    </Dialog>
  );
}
