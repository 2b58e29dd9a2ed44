// The page's pictures, drawn in the colour of the text beside them.
import type { ReactNode } from 'react';

const icon = (drawing: ReactNode) => () => (
  <svg className="icon" viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" strokeWidth="1.75" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
    {drawing}
  </svg>
);

export const IconMark = () => (
  <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
    <rect width="32" height="32" rx="8" fill="var(--accent-solid)" />
    <path d="M11 25V7h12M11 16h9" fill="none" stroke="#fff" strokeWidth="4" />
  </svg>
);
export const IconGlobe = icon(<><circle cx="12" cy="12" r="9" /><path d="M3 12h18M12 3c2.5 2.5 3.8 5.5 3.8 9s-1.3 6.5-3.8 9c-2.5-2.5-3.8-5.5-3.8-9S9.5 5.5 12 3z" /></>);
export const IconSettings = icon(<path d="M4 7h9M17 7h3M4 17h3M11 17h9M15 4.5v5M9 14.5v5" />);
export const IconDown = icon(<path d="m6 9 6 6 6-6" />);
export const IconUp = icon(<path d="m6 15 6-6 6 6" />);
export const IconMore = icon(<><circle cx="5" cy="12" r="1" /><circle cx="12" cy="12" r="1" /><circle cx="19" cy="12" r="1" /></>);
export const IconClose = icon(<path d="M6 6l12 12M18 6 6 18" />);
export const IconPlus = icon(<path d="M12 5v14M5 12h14" />);
export const IconSearch = icon(<><circle cx="11" cy="11" r="7" /><path d="m20 20-3.5-3.5" /></>);
export const IconFile = icon(<path d="M7 3h7l5 5v13H7zM14 3v5h5" />);
export const IconUpload = icon(<path d="M12 16V5M7 9l5-5 5 5M5 20h14" />);
export const IconDownload = icon(<path d="M12 4v11M7 11l5 5 5-5M5 20h14" />);
export const IconCopy = icon(<><rect x="9" y="9" width="11" height="11" rx="2" /><path d="M5 15V5a1 1 0 0 1 1-1h9" /></>);
export const IconInfo = icon(<><circle cx="12" cy="12" r="9" /><path d="M12 11v6M12 7.5v.1" /></>);
export const IconCheck = icon(<path d="m5 12.5 4.5 4.5L19 7.5" />);
export const IconDrag = icon(<path d="M9 6v.1M15 6v.1M9 12v.1M15 12v.1M9 18v.1M15 18v.1" strokeWidth="3" />);
export const IconBack = icon(<path d="m14 6-6 6 6 6" />);
