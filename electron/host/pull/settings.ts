import { z } from 'zod';
import { egressClasses } from '#shared/model/agent.ts';
import type { App } from '../create-app.ts';

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
