import { z } from 'zod';
import { namesCredentials, type Connector, type Settings } from '#electron/connectors/connector.ts';
import { egressClasses } from '#shared/model/agent.ts';
import { storedName } from '#shared/model/pull.ts';
import type { App } from '../create-app.ts';

/**
 * Credentials that the desktop's key store has, by name: `connect.<workspace>.<product>.<setting>`, so that one client's never serve another's
 * workspace. In memory, as long as the engine.
 */
const stored = new Map<string, string>();
/** Takes what the key store hands over; an empty value is forgotten. */
export function takeStored(given: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(given)) if (name.startsWith('connect.')) { if (value === '') stored.delete(name); else stored.set(name, value); }
}
/** What was given, with the credentials that are stored where it names none. */
export function withStored(app: App, { name: product, settings }: Pick<Connector, 'name' | 'settings'>, given: Settings): Settings {
  if (namesCredentials(settings, given)) return given;
  return { ...Object.fromEntries(settings.filter((s) => s.secret === true).flatMap(({ name }) => { const value = stored.get(storedName(app.workspace.id, product, name)); return value === undefined ? [] : [[name, value] as const]; })), ...given };
}

const META = 'connect_settings';
const connectSettingsSchema = z.strictObject({ /** The widest class of addresses that a pull may speak to. */ allow: z.enum(egressClasses).default('loopback') }).readonly();
export type ConnectSettings = z.infer<typeof connectSettingsSchema>;

export function readConnectSettings(app: App): ConnectSettings {
  const text = app.tables.runs.meta(META);
  return connectSettingsSchema.parse(text === undefined ? {} : JSON.parse(text));
}

/** Saves how far a pull may go; audited, as it decides what leaves the machine. */
export function saveConnectSettings(app: App, settings: ConnectSettings, by: string): void {
  if (readConnectSettings(app).allow === settings.allow) return;
  app.tables.transaction(() => {
    app.tables.runs.setMeta(META, JSON.stringify(settings));
    app.audit('connect_settings_changed', by, { allow: settings.allow });
  });
}
