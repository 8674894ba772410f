import type { EventDraft } from '#shared/model/event.ts';
import type { FindingDraft } from '#shared/model/finding.ts';
import type { Edge, Resource } from '#shared/model/resource.ts';
import type { Call, ToolName } from '#shared/model/claims.ts';
import type { JsonObject } from '#shared/lib/json.ts';
import type { Result } from '#shared/lib/result.ts';

/** How the bytes are cut into records before a reader sees them. Every record counts once in the ledger (new, duplicate or quarantined). */
export type Container =
  /** One JSON document a record: NDJSON, concatenated documents, a single object, or a top-level array whose elements are records. */
  | { readonly kind: 'json' }
  /**
   * Records are the elements of every array found at one of these paths, e.g. `Findings`, `detail.findings`. `[]` steps into the elements
   * of an array: `Results[].Vulnerabilities`, `[].results` (top-level array). Documents may also come concatenated or as NDJSON.
   * A document in which none of the paths exists is one quarantined record, unless `emptyOk` (a scan that found nothing). `alone`: the records are
   * understood without what lies around them, so that a document too large to hold is read once; its `parents` are then empty objects.
   */
  | { readonly kind: 'json-path'; readonly paths: readonly string[]; readonly emptyOk?: boolean; readonly alone?: boolean }
  /** `names`: the columns of files without a header; a first row with none of them is such a file's first record. `header`: cells by which the header is found behind rows of the report's own. */
  | { readonly kind: 'csv'; readonly delimiters: readonly string[]; readonly names?: readonly string[]; readonly header?: readonly string[] }
  /** Besides JSON also YAML, one record a document; the `json-path` lists of a document are cut alike (top-level keys only). */
  | { readonly kind: 'yaml' }
  | XmlContainer;

/** A kind of XML document; names of elements are joined to paths from the outermost one, e.g. `Report/Host/Item`. Elements are told as objects, see `read/xml-tree.ts`. */
export interface XmlContainer {
  readonly kind: 'xml';
  readonly records: readonly string[];
  /** Elements before the records that are told with them, in the parent that they lie in. */
  readonly around?: readonly string[];
  /** Elements that records refer to, wherever they stand: told as lists in the outermost parent. They cost a second pass. */
  readonly lookups?: readonly string[];
  /** Elements in which the names of records and of what lies around them may stand again; any other that begins within a record shows that it was not closed. */
  readonly repeats?: readonly string[];
}

/** An account, and the region where that is one as well. */
export interface Home { readonly account?: string | undefined; readonly region?: string | undefined; /** Of a state of several accounts that of each provider configuration, as the state calls it. */ readonly providers?: Readonly<Record<string, string>> | undefined }

export interface RecordContext {
  /**
   * What lies around the record, outermost first: one entry for each object that the path stepped through (the document, then each element
   * that `[]` entered), complete whatever the key order, with the record arrays and those that `[]` entered left out. Empty for `json` and `csv`. For `xml` one for each element
   * around the record, with its attributes and what the container names.
   */
  readonly parents: readonly unknown[];
  /** The path of `json-path` or `xml` that yielded it, '' otherwise. */
  readonly from: string;
  /** File name or '-': a hint, never proof. */
  readonly path: string;
  /** Zero-based position of the record in the file. */
  readonly index: number;
  /** The AWS account and region that the dump or state is of, where a caller identity beside the file or all ARNs in it say so. */
  readonly home?: Home | undefined;
  /** What the user calls the cluster that a file of Kubernetes objects is of. */
  readonly cluster?: string | undefined;
}

export interface Normalized {
  readonly findings?: readonly FindingDraft[];
  readonly events?: readonly EventDraft[];
  readonly resources?: readonly Resource[];
  readonly edges?: readonly Edge[];
}

/** What a reader looks at to recognize its own: the first part of the file (at most 256 KiB), decoded. */
export interface Sample {
  readonly path: string;
  readonly text: string;
  /** The first top-level JSON value if it ends within the sample; for a longer one, what could be read of it (cut arrays and objects closed), else undefined. */
  readonly document: unknown;
  /** The first records of a top-level array or of NDJSON / concatenated documents, at most 5; `[document]` for a single object. */
  readonly records: readonly unknown[];
  /** CSV header cells, when the text reads as CSV (not JSON), with the delimiter told. */
  readonly header: readonly string[];
  readonly delimiter: string | undefined;
  /** The beginnings of an XML document. */
  readonly xml?: XmlHead | undefined;
}

/** What recognition is told of an XML document. */
export interface XmlHead {
  /** The outermost element. */
  readonly root: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Paths of elements from the root (`a/b/c`) that begin within the sample, each once. */
  readonly paths: ReadonlySet<string>;
}

/** Turns one kind of file into records of the model: a finding or log format (normalize/formats) or an inventory importer (graph/importers). */
export interface RecordReader {
  /** Kebab-case, e.g. `prowler-ocsf`; what `--format` takes. */
  readonly name: string;
  readonly kind: 'findings' | 'events' | 'resources';
  /** One line for `winnow formats`. */
  readonly description: string;
  readonly containers: readonly Container[];
  /** 0 = no; 1–100 = how sure; the highest wins, ties by list order. Looks at content; the path may only break a tie. Must not throw. */
  detect(sample: Sample): number;
  /** What `parse` takes from the file's path, for formats whose records don't tell all: files of the same bytes differ where this does. */
  readonly fromPath?: (path: string) => Readonly<Record<string, string | undefined>>;
  /**
   * What of a record may be kept, and of each object around it, for formats that carry secrets: neither the file's bytes nor more than this is stored.
   * Applied before `parse`, so that a record reads the same from what is kept.
   */
  readonly redact?: (record: unknown) => unknown;
  /** One record to the model; an error quarantines the record with this reason (say which field). Must not throw on any JSON. */
  parse(record: unknown, context: RecordContext): Result<Normalized>;
}

/** Runs one tool, or answers from the tape; never throws for a tool's own failure, which is recorded as an error. */
export type CallPort = (request: { readonly call_id: string; readonly tool: ToolName; readonly round: number; readonly arguments: JsonObject }) => Promise<Call>;
