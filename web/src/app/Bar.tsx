// The bar above everything: where one is, as whom, in which language and light.
import { ViewerDocument, type ViewerQuery } from 'ficha-client';
import { useLabels } from '../api/labels';
import { useRecords } from '../api/records';
import { start } from '../api/start';
import { useAvatar } from '../collaborator/avatar';
import { maySet } from '../settings/permissions';
import { useSession } from '../session/Session';
import { Button } from '../ui/buttons';
import { Picker } from '../ui/inputs';
import { IconGlobe, IconMark, IconSettings } from '../ui/icons';
import { Menu, MenuAction, MenuButton, MenuChoice, MenuSection } from '../ui/menus';
import { Avatar } from '../ui/person';
import { THEMES, useTheme } from '../ui/theme';
import { useSpeech } from '../words';
import { Link, to } from './routes';

export function Bar() {
  const { words } = useSpeech();
  const { data } = useRecords(ViewerDocument, {}, { settled: true });
  const viewer = data?.viewer;
  return (
    <header className="bar">
      <Link target={to.clients()} className="brand">
        <IconMark />
        <span>{words.product}</span>
      </Link>
      <nav aria-label={words.product}>
        <Link target={to.clients()}>{words.clients}</Link>
        {viewer?.permissions.includes('deals:read') && <Link target={to.deals()}>{words.deals}</Link>}
        {viewer && maySet(viewer.permissions) && (
          <Link target={to.settings()} className="to-settings">
            <IconSettings />
            <span>{words.settings}</span>
          </Link>
        )}
        {start.graphiql && <a href={start.graphiql} className="to-graphiql">GraphiQL</a>}
      </nav>
      <span className="grow" />
      {viewer && <span className="of-company">{viewer.company.name}</span>}
      <Appearance />
      <SeeAs />
      {viewer && <Own person={viewer.collaborator} />}
      <SignOut />
    </header>
  );
}

/** Who one is, with one's own picture to be changed. */
function Own({ person }: { person: ViewerQuery['viewer']['collaborator'] }) {
  const { words } = useSpeech();
  const avatar = useAvatar();
  return (
    <MenuButton label={words.accountOf(person.name)} icon={<Avatar person={person} />}>
      <Menu>
        <MenuAction onAction={() => avatar.choose(person.id)}>{words.chooseAvatar}</MenuAction>
        <MenuAction onAction={() => avatar.remove(person.id)}>{words.removeAvatar}</MenuAction>
      </Menu>
    </MenuButton>
  );
}

/** The demo's people; whoever signed in elsewhere is who they are. */
function SeeAs() {
  const { words } = useSpeech();
  const { email, seeAs } = useSession();
  const roles = useLabels('FichaRole');
  if (!email) return null;
  const choices = start.personas.map(({ email: value, name, role }) => ({
    value,
    label: name,
    hint: roles.find((each) => each.value === role)?.label ?? '',
  }));
  return <Picker label={words.seeAs} hideLabel choices={choices} value={email} onChange={seeAs} />;
}

/** Of a session of an issuer; the demo has none to end. */
function SignOut() {
  const { words } = useSpeech();
  const { signOut } = useSession();
  return signOut ? (
    <Button kind="quiet" onPress={signOut}>
      {words.signOut}
    </Button>
  ) : null;
}

function Appearance() {
  const { words, language, speak } = useSpeech();
  const [theme, setTheme] = useTheme();
  const names = { auto: words.themeAuto, light: words.themeLight, dark: words.themeDark };
  return (
    <MenuButton label={`${words.language}, ${words.theme}`} icon={<IconGlobe />}>
      <Menu>
        <MenuSection title={words.language} chosen={language} onChoose={(key) => speak(key === 'en' ? 'en' : 'es')}>
          <MenuChoice id="es">Español</MenuChoice>
          <MenuChoice id="en">English</MenuChoice>
        </MenuSection>
        <MenuSection title={words.theme} chosen={theme} onChoose={(key) => setTheme(THEMES.find((each) => each === key) ?? 'auto')}>
          {THEMES.map((each) => (
            <MenuChoice key={each} id={each}>
              {names[each]}
            </MenuChoice>
          ))}
        </MenuSection>
      </Menu>
    </MenuButton>
  );
}
