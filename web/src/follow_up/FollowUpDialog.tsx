// A follow-up that was clicked on.
import { useState } from 'react';
import { CancelFollowUpDocument, CompleteFollowUpDocument, DeleteFollowUpDocument, FollowUpDetailDocument, ReopenFollowUpDocument } from 'ficha-client';
import { useRecords } from '../api/records';
import { Action } from '../client/ActionPanel';
import { useAct, useConfirm } from '../form/act';
import { Badge, Value, Values } from '../ui/card';
import { Dialog } from '../ui/buttons';
import { PersonName } from '../ui/person';
import { Loading } from '../ui/states';
import { useWords } from '../words';
import FollowUpForm, { type OpenedFollowUp } from './FollowUpForm';
import { PRIORITY_TONES, STATE_TONES } from './FollowUpsTab';

export function FollowUpDialog({ id, clientId, onClose }: { id: string; clientId: string; onClose: () => void }) {
  const words = useWords();
  const { data, loading } = useRecords(FollowUpDetailDocument, { followUpId: id });
  const [editing, edit] = useState(false);
  const followUp = data?.followUp;
  if (editing && followUp) return <FollowUpForm clientId={clientId} followUp={followUp} onClose={() => edit(false)} />;
  return (
    <Dialog title={followUp ? `${followUp.key} · ${followUp.name}` : words.followUp} open onClose={onClose}>
      <div className="dialog-body stack">
        {!followUp && (loading ? <Loading /> : <p>{words.notFound}</p>)}
        {followUp && <Facts followUp={followUp} />}
        {followUp && <Actions followUp={followUp} onEdit={() => edit(true)} onGone={onClose} />}
      </div>
    </Dialog>
  );
}

function Facts({ followUp }: { followUp: OpenedFollowUp }) {
  const words = useWords();
  return (
    <>
      {followUp.description && <p className="note">{followUp.description}</p>}
      <Values>
        <Value name={words.type}>{followUp.typeLabel}</Value>
        <Value name={words.state}>
          <Badge tone={STATE_TONES[followUp.state]}>{followUp.stateLabel}</Badge> {followUp.isOverdue && <Badge tone="bad">{words.overdueMark}</Badge>}
        </Value>
        <Value name={words.starts}>{followUp.startsAtLabel}</Value>
        <Value name={words.ends}>{followUp.endsAtLabel}</Value>
        <Value name={words.priority}>
          <Badge tone={PRIORITY_TONES[followUp.priority]}>{followUp.priorityLabel}</Badge>
        </Value>
        <Value name={words.assignee}>{followUp.assignee && <PersonName person={followUp.assignee} />}</Value>
        <Value name={words.relatedDeal}>{followUp.deal?.title}</Value>
        {followUp.completedAtLabel && <Value name={words.completed}>{followUp.completedAtLabel}</Value>}
        <Value name={words.createdBy}>
          {followUp.createdBy?.name}
          <span className="under">{followUp.createdAtLabel}</span>
        </Value>
      </Values>
    </>
  );
}

function Actions({ followUp, onEdit, onGone }: { followUp: OpenedFollowUp; onEdit: () => void; onGone: () => void }) {
  const words = useWords();
  const act = useAct();
  const confirm = useConfirm();
  const input = { id: followUp.id, expectedVersion: followUp.version };
  const remove = async () => {
    if ((await confirm({ title: words.delete, text: words.deleteConfirm(followUp.name) })) && (await act(DeleteFollowUpDocument, input))) onGone();
  };
  const handlers: Record<string, () => void> = {
    COMPLETE: () => void act(CompleteFollowUpDocument, input),
    EDIT: onEdit,
    CANCEL: () => void act(CancelFollowUpDocument, input),
    REOPEN: () => void act(ReopenFollowUpDocument, input),
    DELETE: () => void remove(),
  };
  return (
    <div className="row">
      {followUp.actions.map((state) => {
        const handler = handlers[state.action];
        return handler && (state.allowed || state.action !== 'RESTORE') && <Action key={state.action} state={state} onPress={handler} />;
      })}
    </div>
  );
}
