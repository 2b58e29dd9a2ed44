// The roles and what each may do in the company.
import { useState } from 'react';
import { RolesDocument, SetRolePermissionsDocument, type RolesQuery } from 'ficha-client';
import { useLabels, type Choice } from '../api/labels';
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

type Role = NonNullable<RolesQuery['roles']>[number];

export default function Roles() {
  const own = useSettingsWords();
  const [edited, edit] = useState<string>();
  const { data, error, loading, reload } = useRecords(RolesDocument, {});
  const roles = data?.roles ?? [];
  const role = roles.find((each) => each.role === edited);
  const all = useLabels('FichaPermission');
  const columns: Column<Choice>[] = [
    { key: 'permission', title: own.permission, heads: true, cell: ({ label }) => label },
    ...roles.map((each) => ({ key: each.role, title: each.roleLabel, cell: ({ value }: Choice) => <May may={each.permissions.includes(value)} /> })),
  ];
  return (
    <Card title={own.roles}>
      {!data && (loading ? <Loading /> : <Failure error={error} onRetry={reload} />)}
      <ul className="settings-list">
        {roles.map((each) => (
          <RoleLine key={each.role} role={each} onEdit={() => edit(each.role)} />
        ))}
      </ul>
      {all.length > 0 && <Table label={own.roles} rows={all} id={({ value }) => value} columns={columns} />}
      {role && (
        <FormDialog
          title={own.editRole(role.roleLabel)}
          document={SetRolePermissionsDocument}
          fields={[{ name: 'permissions', label: own.scopes, kind: 'several', wide: true, choices: all }]}
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
    if (await confirm({ title: role.roleLabel, text: own.restoreRoleConfirm(role.roleLabel) })) await act(SetRolePermissionsDocument, { role: role.role });
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
