// The permissions that the settings need.
export const ADMIN = 'admin';
export const COMPANY = 'company:write';

/** Whether there is something in the settings for whoever has these permissions. */
export const maySet = (permissions: readonly string[]): boolean => permissions.includes(ADMIN) || permissions.includes(COMPANY);
