// Menus behind a button.
import type { ReactNode } from 'react';
import { Button, Header, Menu as BaseMenu, MenuItem, MenuSection as BaseSection, MenuTrigger, Popover, type Key } from 'react-aria-components';
import { IconMore } from './icons';

export function MenuButton({ label, icon = <IconMore />, children }: { label: string; icon?: ReactNode; children: ReactNode }) {
  return (
    <MenuTrigger>
      <Button className="button icon-button" aria-label={label}>
        {icon}
      </Button>
      <Popover className="popover" placement="bottom end">
        {children}
      </Popover>
    </MenuTrigger>
  );
}

export const Menu = ({ children }: { children: ReactNode }) => <BaseMenu className="menu">{children}</BaseMenu>;

export function MenuSection({ title, chosen, onChoose, children }: { title: string; chosen: Key; onChoose: (key: Key) => void; children: ReactNode }) {
  return (
    <BaseSection
      selectionMode="single"
      selectedKeys={[chosen]}
      disallowEmptySelection
      onSelectionChange={(keys) => keys !== 'all' && [...keys].forEach(onChoose)}
    >
      <Header>{title}</Header>
      {children}
    </BaseSection>
  );
}

export const MenuChoice = ({ id, children }: { id: string; children: ReactNode }) => (
  <MenuItem id={id} className="menu-item">
    {children}
  </MenuItem>
);

export const MenuAction = ({ onAction, children, danger = false }: { onAction: () => void; children: string; danger?: boolean }) => (
  <MenuItem className={`menu-item ${danger ? 'danger' : ''}`} onAction={onAction}>
    {children}
  </MenuItem>
);
