import { namesCredentials, type ConnectorSetting, type Session } from '../connector.ts';

/** The session with what the product's own environment variables say, where nothing was set (`ConnectorSetting.env`). */
export function withOwnVariables(session: Session, settings: readonly ConnectorSetting[]): Session {
  const mayHaveSecrets = !namesCredentials(settings, session.settings);
  const found = settings.flatMap(({ name, env, secret }) => { const value = env === undefined || (secret === true && !mayHaveSecrets) ? undefined : session.env[env]; return value === undefined || value === '' ? [] : [[name, value] as const]; });
  return { ...session, settings: { ...Object.fromEntries(found), ...session.settings } };
}
