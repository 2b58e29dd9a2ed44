// The company's people: invited, edited, suspended.
import { useState } from 'react';
import { CollaboratorsDocument as CollaboratorsOfCompany, ResendInvitationDocument, ResumeCollaboratorDocument, RevokeInvitationDocument, UnbindCollaboratorDocument, type CollaboratorsQuery } from 'ficha-client';
import { useRecords } from '../api/records';
import { useAct, useConfirm } from '../form/act';
import { Once } from '../ui/once';
import { useSettingsWords } from '../settings/words';
import { Button } from '../ui/buttons';
import { Badge, Card } from '../ui/card';
import { Picker, Search } from '../ui/inputs';
import { Menu, MenuAction, MenuButton } from '../ui/menus';
import { More } from '../ui/more';
import { usePages } from '../ui/pages';
import { Avatar } from '../ui/person';
import { Empty, Failure, Loading } from '../ui/states';
import { Table, type Column } from '../ui/table';
import { useWords } from '../words';
import { useAvatar } from './avatar';
import { EditCollaborator, Invite, Suspend } from './CollaboratorForms';

export type Collaborator = NonNullable<CollaboratorsQuery['collaborators']>['nodes'][number];

/** The link of an invitation, and whom it is for. */
export interface Invited {
  readonly name: string;
  readonly link: string;
}

type Opened = { readonly form: 'invite' } | { readonly form: 'edit' | 'suspend'; readonly collaborator: Collaborator };

export default function Collaborators() {
  const words = useWords();
  const own = useSettingsWords();
  const [chosen, choose] = useState({ search: '', state: 'active' });
  const [opened, open] = useState<Opened>();
  const [invited, setInvited] = useState<Invited>();
  const [page, more] = usePages(JSON.stringify(chosen));
  const active = chosen.state === 'all' ? null : { active: { eq: chosen.state === 'active' } };
  const { data, error, loading, reload } = useRecords(CollaboratorsOfCompany, { search: chosen.search || null, filter: active, ...page }, { keep: true });
  const columns = useColumns(open, setInvited);
  const people = data?.collaborators;
  const states = [
    { value: 'active', label: own.activeOnes },
    { value: 'suspended', label: own.suspendedOnes },
    { value: 'all', label: own.everyone },
  ];
  const close = () => open(undefined);
  return (
    <Card
      title={own.collaborators}
      tools={
        <Button kind="primary" onPress={() => open({ form: 'invite' })}>
          {own.invite}
        </Button>
      }
    >
      <div className="filters">
        <Search label={own.collaboratorsSearch} value={chosen.search} onSearch={(search) => choose({ ...chosen, search })} />
        <Picker label={own.state} hideLabel choices={states} value={chosen.state} onChange={(state) => choose({ ...chosen, state })} />
      </div>
      {!people && (loading ? <Loading /> : <Failure error={error} onRetry={reload} />)}
      {people && (
        <p className="count" role="status">
          {words.results(people.totalCount)}
        </p>
      )}
      {people && (people.nodes.length ? <Table label={own.collaborators} rows={people.nodes} id={({ id }) => id} columns={columns} /> : <Empty>{own.noCollaborators}</Empty>)}
      {people && <More page={people.pageInfo} onMore={more} />}
      {opened?.form === 'invite' && <Invite onClose={close} onInvited={setInvited} />}
      {opened?.form === 'edit' && <EditCollaborator collaborator={opened.collaborator} onClose={close} />}
      {opened?.form === 'suspend' && <Suspend collaborator={opened.collaborator} onClose={close} />}
      {invited && <Once title={own.linkTitle} help={own.linkHelp(invited.name)} secret={invited.link} onClose={() => setInvited(undefined)} />}
    </Card>
  );
}

function useColumns(open: (opened: Opened) => void, onInvited: (invited: Invited) => void): readonly Column<Collaborator>[] {
  const words = useWords();
  const own = useSettingsWords();
  return [
    {
      key: 'name',
      title: words.name,
      heads: true,
      cell: (collaborator) => (
        <span className="person">
          <Avatar person={collaborator} />
          <span>
            <span className="strong">{collaborator.name}</span>
            <span className="under">{collaborator.email}</span>
          </span>
        </span>
      ),
    },
    { key: 'role', title: own.role, cell: ({ roleLabel }) => roleLabel },
    { key: 'job', title: words.jobTitle, cell: ({ jobTitle }) => jobTitle },
    { key: 'state', title: own.state, cell: (collaborator) => <State collaborator={collaborator} /> },
    { key: 'joined', title: own.joined, cell: ({ joinedAtLabel }) => joinedAtLabel ?? own.notYet },
    { key: 'actions', title: '', cell: (collaborator) => <Actions collaborator={collaborator} open={open} onInvited={onInvited} /> },
  ];
}

function State({ collaborator: { active, invitation } }: { collaborator: Collaborator }) {
  const own = useSettingsWords();
  if (!active) return <Badge>{own.suspended}</Badge>;
  if (invitation) {
    return (
      <>
        <Badge tone="accent">{own.invited}</Badge>
        <span className="under">{own.invitedUntil(invitation.expiresAtLabel)}</span>
      </>
    );
  }
  return <Badge tone="good">{own.active}</Badge>;
}

function Actions({ collaborator, open, onInvited }: { collaborator: Collaborator; open: (opened: Opened) => void; onInvited: (invited: Invited) => void }) {
  const words = useWords();
  const own = useSettingsWords();
  const act = useAct();
  const confirm = useConfirm();
  const avatar = useAvatar();
  const { id, name, active, joinedAt, invitation, version } = collaborator;
  const resend = async () => {
    const data = await act(ResendInvitationDocument, { id });
    if (data?.resendInvitation.link) onInvited({ name, link: data.resendInvitation.link });
  };
  const revoke = async () => {
    if (await confirm({ title: own.revokeInvitation, text: own.revokeInvitationConfirm(name) })) await act(RevokeInvitationDocument, { id });
  };
  const unbind = async () => {
    if (await confirm({ title: own.unbind, text: own.unbindConfirm(name) })) await act(UnbindCollaboratorDocument, { id });
  };
  return (
    <MenuButton label={words.actionsOf(name)}>
      <Menu>
        <MenuAction onAction={() => open({ form: 'edit', collaborator })}>{words.edit}</MenuAction>
        <MenuAction onAction={() => avatar.choose(id)}>{words.chooseAvatar}</MenuAction>
        <MenuAction onAction={() => avatar.remove(id)}>{words.removeAvatar}</MenuAction>
        {active && !joinedAt ? <MenuAction onAction={() => void resend()}>{own.resend}</MenuAction> : null}
        {invitation ? <MenuAction onAction={() => void revoke()}>{own.revokeInvitation}</MenuAction> : null}
        {joinedAt ? <MenuAction onAction={() => void unbind()}>{own.unbind}</MenuAction> : null}
        {active ? (
          <MenuAction danger onAction={() => open({ form: 'suspend', collaborator })}>
            {own.suspend}
          </MenuAction>
        ) : (
          <MenuAction onAction={() => void act(ResumeCollaboratorDocument, { id, expectedVersion: version })}>{own.resume}</MenuAction>
        )}
      </Menu>
    </MenuButton>
  );
}
