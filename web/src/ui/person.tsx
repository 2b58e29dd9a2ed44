// A collaborator: their picture, or their initials as Ficha draws them, and the name.
interface Person {
  readonly name: string;
  readonly avatarUrl?: string | null;
}

export const Avatar = ({ person, large = false }: { person: Person; large?: boolean }) =>
  person.avatarUrl ? (
    <img className={`avatar ${large ? 'large' : ''}`} src={person.avatarUrl} alt="" width={large ? 44 : 24} height={large ? 44 : 24} title={person.name} />
  ) : (
    <span className={`avatar ${large ? 'large' : ''}`} aria-hidden="true" />
  );

export const PersonName = ({ person }: { person: Person }) => (
  <span className="person">
    <Avatar person={person} />
    <span>{person.name}</span>
  </span>
);
