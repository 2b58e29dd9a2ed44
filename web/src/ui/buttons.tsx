// Buttons, and the dialogs that they open.
import type { ReactNode } from 'react';
import { Button as Base, Dialog as BaseDialog, Heading, Modal, ModalOverlay, Tooltip, TooltipTrigger } from 'react-aria-components';
import { useWords } from '../words';
import { IconClose } from './icons';

export type ButtonKind = 'plain' | 'primary' | 'quiet' | 'danger';

interface Props {
  readonly children?: ReactNode;
  readonly kind?: ButtonKind;
  readonly onPress?: (() => void) | undefined;
  readonly disabled?: boolean;
  readonly submits?: boolean;
  readonly label?: string | undefined;
  readonly className?: string;
}

export function Button({ children, kind = 'plain', onPress, disabled = false, submits = false, label, className = '' }: Props) {
  return (
    <Base
      className={`button ${kind} ${className}`}
      type={submits ? 'submit' : 'button'}
      isDisabled={disabled}
      {...(onPress ? { onPress } : {})}
      {...(label ? { 'aria-label': label } : {})}
    >
      {children}
    </Base>
  );
}

/** A button that is only a picture; its name is read aloud and shown on hover and focus. */
export function IconButton({ icon, label, onPress, disabled = false }: { icon: ReactNode; label: string; onPress?: () => void; disabled?: boolean }) {
  return (
    <TooltipTrigger delay={400} closeDelay={0}>
      <Base className="button icon-button" aria-label={label} isDisabled={disabled} {...(onPress ? { onPress } : {})}>
        {icon}
      </Base>
      <Tooltip className="tooltip" offset={6}>
        {label}
      </Tooltip>
    </TooltipTrigger>
  );
}

/** A dialog over the page while `open`. Escape and the cross close it, and the focus goes back to where it was. */
export function Dialog({ title, open, onClose, wide = false, children }: { title: string; open: boolean; onClose: () => void; wide?: boolean; children: ReactNode }) {
  const words = useWords();
  return (
    <ModalOverlay className="overlay" isOpen={open} onOpenChange={(next) => !next && onClose()}>
      <Modal className={`modal ${wide ? 'wide' : ''}`}>
        <BaseDialog className="dialog">
          <header>
            <Heading slot="title">{title}</Heading>
            <IconButton icon={<IconClose />} label={words.close} onPress={onClose} />
          </header>
          {children}
        </BaseDialog>
      </Modal>
    </ModalOverlay>
  );
}
