// A form in a dialog.
import { Dialog } from '../ui/buttons';
import { MutationForm, type FormProps } from './MutationForm';

interface Props<Data> extends Omit<FormProps<Data>, 'onDone' | 'onCancel'> {
  readonly title: string;
  readonly wide?: boolean;
  readonly onClose: () => void;
  readonly onDone?: (data: Data) => void;
}

/** Shown as long as it is rendered. */
export const FormDialog = <Data,>({ title, wide = false, onClose, onDone, ...form }: Props<Data>) => (
  <Dialog title={title} open onClose={onClose} wide={wide}>
    <MutationForm
      {...(form as FormProps<Data>)}
      onCancel={onClose}
      onDone={(data) => {
        onClose();
        onDone?.(data);
      }}
    />
  </Dialog>
);
