// The roles and what each may do in the company.
import { useState } from 'react';
import { Roles as RolesOfCompany, SetRolePermissions, type RolesData } from '../api/operations';
import { useRecords } from '../api/records';
import { useAct, useConfirm } from '../form/act';
import { FormDialog } from '../form/FormDialog';
import { useSettingsWords } from '../settings/words';
import { Badge, Card } from '../ui/card';
import { IconCheck } from '../ui/icons';
import { Menu, MenuAction, MenuButton } from '../ui/menus';
import { Failure, Loading } from '../ui/states';
import { Table, type Column } from '../ui/table';
import { useWords } from '../words';

type Role = NonNullable<RolesData['roles']>[number];

export default function Roles() {
  const own = useSettingsWords();
  const [edited, edit] = useState<string>();
  const { data, error, loading, reload } = useRecords(RolesOfCompany, {});
  const roles = data?.roles ?? [];
  const role = roles.find((each) => each.role === edited);
  const all = roles.find((each) => each.role === 'ADMIN')?.permissions ?? [];
  const columns: Column<string>[] = [
    { key: 'permission', title: own.permission, heads: true, cell: (permission) => own.permissions[permission] ?? permission },
    ...roles.map((each) => ({ key: each.role, title: each.roleLabel, cell: (permission: string) => <May may={each.permissions.includes(permission)} /> })),
  ];
  return (
    <Card title={own.roles}>
      {!data && (loading ? <Loading /> : <Failure error={error} onRetry={reload} />)}
      <ul className="settings-list">
        {roles.map((each) => (
          <RoleLine key={each.role} role={each} onEdit={() => edit(each.role)} />
        ))}
      </ul>
      {all.length > 0 && <Table label={own.roles} rows={all} id={(permission) => permission} columns={columns} />}
      {role && (
        <FormDialog
          title={own.editRole(role.roleLabel)}
          document={SetRolePermissions}
          fields={[{ name: 'permissions', label: own.scopes, kind: 'several', wide: true, choices: all.map((value) => ({ value, label: own.permissions[value] ?? value })) }]}
          values={{ permissions: role.permissions }}
          version={null}
          fixed={{ role: role.role }}
          onClose={() => edit(undefined)}
        />
      )}
    </Card>
  );
}

function May({ may }: { may: boolean }) {
  const words = useWords();
  return (
    <span className={may ? 'may' : 'muted'}>
      <span aria-hidden="true">{may ? <IconCheck /> : '·'}</span>
      <span className="unseen">{may ? words.yes : words.no}</span>
    </span>
  );
}

function RoleLine({ role, onEdit }: { role: Role; onEdit: () => void }) {
  const words = useWords();
  const own = useSettingsWords();
  const act = useAct();
  const confirm = useConfirm();
  const editable = role.role !== 'ADMIN';
  const restore = async () => {
    if (await confirm({ title: role.roleLabel, text: own.restoreRoleConfirm(role.roleLabel) })) await act(SetRolePermissions, { role: role.role });
  };
  return (
    <li>
      <span className="grow">
        <span className="strong">{role.roleLabel}</span> {role.isChanged && <Badge tone="accent">{own.roleChanged}</Badge>}
        {!editable && <span className="under">{own.adminsAll}</span>}
      </span>
      {editable && (
        <MenuButton label={words.actionsOf(role.roleLabel)}>
          <Menu>
            <MenuAction onAction={onEdit}>{words.edit}</MenuAction>
            {role.isChanged ? <MenuAction onAction={() => void restore()}>{own.restoreRole}</MenuAction> : null}
          </Menu>
        </MenuButton>
      )}
    </li>
  );
}
