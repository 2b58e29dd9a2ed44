// The page's language: what the browser prefers until somebody chooses; it is also what the server is asked to speak.
import { createContext, use, useEffect, useMemo, useState, type ReactNode } from 'react';
import { I18nProvider } from 'react-aria-components';
import { es, type Words } from './es';

export type { Words };

export type Language = 'es' | 'en';
const KEY = 'ficha:language';
const LOCALES = { es: 'es-MX', en: 'en-US' } as const;

interface Speech {
  readonly language: Language;
  readonly locale: string;
  readonly words: Words;
  readonly speak: (language: Language) => void;
}

const Context = createContext<Speech>({ language: 'es', locale: LOCALES.es, words: es, speak: () => undefined });

const preferred = (): Language => {
  const chosen = localStorage.getItem(KEY);
  if (chosen === 'es' || chosen === 'en') return chosen;
  const first = navigator.languages.find((each) => /^(es|en)\b/i.test(each));
  return first?.toLowerCase().startsWith('en') ? 'en' : 'es';
};

type Spoken = Pick<Speech, 'language' | 'words'>;

/** A language's words; those that are not Spanish are a script of their own. */
const load = async (language: Language): Promise<Spoken> => ({ language, words: language === 'es' ? es : (await import('./en')).en });

/** The words that the page begins with. */
export const firstWords = (): Promise<Spoken> => load(preferred());

export function WordsProvider({ first, children }: { first: Spoken; children: ReactNode }) {
  const [spoken, setSpoken] = useState(first);
  const locale = LOCALES[spoken.language];
  useEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);
  const speech = useMemo(
    () => ({
      ...spoken,
      locale,
      speak: (next: Language) => {
        localStorage.setItem(KEY, next);
        void load(next).then(setSpoken);
      },
    }),
    [spoken, locale],
  );
  return (
    <Context value={speech}>
      <I18nProvider locale={speech.locale}>{children}</I18nProvider>
    </Context>
  );
}

export const useSpeech = (): Speech => use(Context);
export const useWords = (): Words => use(Context).words;
