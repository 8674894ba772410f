import type { Result } from '#shared/lib/result.ts';
import type { ConnectFailure } from './pace/failure.ts';
import type { Http } from './pace/http.ts';
import type { Pace } from './pace/pace.ts';

/** A call that a connector may make, what it needs to be allowed, and what stays unknown without it (in the product's words: "who may read a bucket"). */
export interface ConnectorCall {
  readonly id: string;
  readonly permissions: readonly string[];
  readonly evidence: string;
  /** A way in rather than a read, and only where it is asked for. */
  readonly isEntry?: true;
}

/** Something that the user may say about how to get in. Its name is the option's (`--role-arn`); without any, the product's own defaults hold. */
export interface ConnectorSetting {
  readonly name: string;
  readonly label: string;
  readonly help: string;
  /** A word for the value in help texts: `ARN`, `NAME`. */
  readonly value: string;
  /** Never shown, never kept by us except in the OS secret store when asked; not an option of the command line, where others could read it: `env` instead. */
  readonly secret?: boolean;
  /** It says whose credentials are to be used, as a secret does: then none that lie elsewhere (kept by the desktop, in the environment) are taken along. */
  readonly isCredential?: true;
  /** The environment variable that the product's own tools read it from. */
  readonly env?: string;
}
/** Values by the settings' names. */
export type Settings = Readonly<Record<string, string>>;

/** Whether somebody said whose credentials to use. Those of two sources must never meet: keys of one with the session of another, a token of one for the resources and of another for the directory. */
export const namesCredentials = (known: readonly ConnectorSetting[], given: Settings): boolean => known.some((s) => (s.secret === true || s.isCredential === true) && given[s.name] !== undefined);

/** Where something was asked: an account, subscription, project or cluster, and a region where there is one. */
export interface Scope { readonly account?: string; readonly region?: string }
/** One thing to pull, the smallest that is pulled whole or not at all: a call in a scope, maybe for some subjects. It must come out the same in every run. */
export interface Unit { readonly call: string; readonly scope: Scope; readonly subject?: string }
export const unitKey = (unit: Unit): string => [unit.call, unit.scope.account ?? '', unit.scope.region ?? '', unit.subject ?? ''].join('|');

/**
 * Resources that a unit has listed whole: those of these types (of any, if none is named) in this account and region that the pull didn't show are
 * gone. `region: null` means those that have no region; without it, in all. It counts when the pull is over and no unit of the same call and scope
 * has a gap, so that a list in chunks may say it with each of them.
 */
export interface Listed { readonly types?: readonly string[]; readonly account: string; readonly region?: string | null }

/** A piece of a unit's answer, in a shape that an importer reads. */
export interface Piece {
  /** How a file of this content would be called, `/` between folders: importers read places from it (`123456789012/eu-west-1/ec2-describe-vpcs.json`). */
  readonly name: string;
  /** The importer. */
  readonly format: string;
  readonly bytes: Uint8Array;
  /** How many things it tells of; 0 (an empty list) is not kept. */
  readonly records: number;
  /** Where the unit goes on after this piece: a run that is resumed starts there. Without it the unit is finished. */
  readonly next?: string;
  /** With the last piece: what this unit lists whole. */
  readonly lists?: readonly Listed[];
  /** Things in this unit that could not be pulled while others could. */
  readonly gaps?: readonly PartGap[];
}

export type GapState = 'denied' | 'absent' | 'failed';
export interface PartGap { readonly subject: string; readonly state: GapState; readonly says: string }

export type PullEvent =
  /** How many units are known by now. */
  | { readonly type: 'planned'; readonly units: number }
  | { readonly type: 'piece'; readonly unit: Unit; readonly piece: Piece }
  /** A unit that could not be pulled: what hangs on it stays unknown. `absent`: there is nothing to ask (a service that is not switched on). */
  | { readonly type: 'gap'; readonly unit: Unit; readonly state: GapState; readonly says: string };

export interface PreflightRow {
  readonly call: string;
  readonly permission: string;
  readonly state: 'allowed' | 'denied' | 'unknown';
  /** "denied iam:ListRoles: identity evidence will be unknown" */
  readonly says: string;
}

/** Who we are to the product. */
export interface Identity {
  /** What is pulled: an account id, tenant, project or cluster. A cut pull goes on only against the same. */
  readonly target: string;
  /** Whose credentials these are; for the audit row. Never a secret. */
  readonly principal: string;
}

/** What the host gives a connector. It lives as long as one command. */
export interface Session {
  readonly settings: Settings;
  readonly signal: AbortSignal;
  /** Every request goes through this, whatever client makes it. */
  readonly pace: Pace;
  /** For products that are spoken to over HTTP without a client of their own. */
  readonly http: Http;
  /** Must be asked for every host before anything is sent to it (`http` does so itself). @throws ConnectFailure `refused_egress`. */
  readonly admit: (url: string) => Promise<readonly string[]>;
  /** How far a cut run of this pull came with a unit: `done`, or where it goes on; undefined for "not begun". */
  readonly progressOf: (unit: Unit) => 'done' | { readonly next: string } | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Tells the user something before it happens: that a program of the kubeconfig is run, where to enter a code. Never holds a secret. */
  readonly say: (text: string) => void;
  /** Microseconds UTC. */
  readonly now: () => number;
}

/** An open way in: credentials were found and worked once. */
export interface Connection {
  readonly identity: Identity;
  /** What each call may do, one row a permission, without pulling. */
  preflight(): AsyncIterable<PreflightRow>;
  /** Pulls everything that isn't done. Ends early with a ConnectFailure that is not `isOnlyThisCall`. */
  pull(): AsyncIterable<PullEvent>;
  close?(): void | Promise<void>;
}

/** One product to pull from. Add one: a file here, a line in all.ts, a test of its name under test/electron/connectors. */
export interface Connector {
  readonly name: string;
  readonly title: string;
  /** What a pull brings, for the screen. */
  readonly brings: string;
  /** Which credentials are used when nothing is set. */
  readonly credentials: string;
  /** Where requests go. */
  readonly egress: string;
  readonly settings: readonly ConnectorSetting[];
  readonly needs: readonly ConnectorCall[];
  /** The least privilege that all of `needs` takes, in the product's own form, ready to be applied; `rejected` for settings that it can't be written for. */
  policy(settings: Settings): Result<string, ConnectFailure>;
  /** Finds credentials and asks the product who we are. SDKs are loaded here, not before. */
  connect(session: Session): Promise<Result<Connection, ConnectFailure>>;
}
