// A record's actions behind a button. One that is not possible now says why in the menu itself.
import { Menu, MenuButton } from '../ui/menus';
import { MenuItem, Text } from 'react-aria-components';
import { useNotify } from '../ui/notices';
import { useWords } from '../words';

export interface ActionState {
  readonly action: string;
  readonly actionLabel: string;
  readonly allowed: boolean;
  readonly reasons: readonly { readonly message: string; readonly help: string }[];
}

/** `handlers` say what each action opens or does; others are not offered here. */
export function ActionMenu({ name, actions, handlers }: { name: string; actions: readonly ActionState[]; handlers: Readonly<Record<string, (() => void) | undefined>> }) {
  const words = useWords();
  const notify = useNotify();
  const offered = actions.filter(({ action }) => handlers[action]);
  if (!offered.length) return null;
  return (
    <MenuButton label={words.actionsOf(name)}>
      <Menu>
        {offered.map(({ action, actionLabel, allowed, reasons }) => {
          const [reason] = reasons;
          const refuse = () => notify({ text: actionLabel, details: reasons.map(({ message, help }) => `${message} ${help}`.trim()) });
          return (
            <MenuItem
              key={action}
              id={action}
              textValue={actionLabel}
              className={`menu-item ${allowed ? (action === 'DELETE' ? 'danger' : '') : 'refused'}`}
              onAction={() => (allowed ? handlers[action]?.() : refuse())}
            >
              <Text slot="label">{actionLabel}</Text>
              {!allowed && reason && <Text slot="description">{reason.message}</Text>}
            </MenuItem>
          );
        })}
      </Menu>
    </MenuButton>
  );
}
