// The page's beginning: language, address and session around what is shown.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import { RoutesProvider } from './app/routes';
import { ConfirmProvider } from './form/act';
import { SessionProvider } from './session/Session';
import { NoticesProvider } from './ui/notices';
import './ui/theme.css';
import './ui/ui.css';
import './chart/chart.css';
import { firstWords, WordsProvider } from './words';

const root = createRoot(document.getElementById('page') as HTMLElement);

void firstWords().then((first) =>
  root.render(
    <StrictMode>
      <WordsProvider first={first}>
        <RoutesProvider>
          <NoticesProvider>
            <SessionProvider>
              <ConfirmProvider>
                <App />
              </ConfirmProvider>
            </SessionProvider>
          </NoticesProvider>
        </RoutesProvider>
      </WordsProvider>
    </StrictMode>,
  ),
);
