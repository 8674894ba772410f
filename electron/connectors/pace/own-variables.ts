import type { ConnectorSetting, Session } from '../connector.ts';

/** The session with what the product's own environment variables say, where nothing was set (`ConnectorSetting.env`). */
export function withOwnVariables(session: Session, settings: readonly ConnectorSetting[]): Session {
  const found = settings.flatMap(({ name, env }) => { const value = env === undefined ? undefined : session.env[env]; return value === undefined || value === '' ? [] : [[name, value] as const]; });
  return { ...session, settings: { ...Object.fromEntries(found), ...session.settings } };
}
