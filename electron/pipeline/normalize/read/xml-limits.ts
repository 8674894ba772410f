/** Where reading can't go on as it did. */
export class XmlBreak extends Error {
  readonly at: number;
  constructor(at: number, reason: string) { super(reason); this.at = at; }
}

export const MAX_DEPTH = 512;
/** Characters without any markup, or within one tag. */
export const MAX_QUIET = 32 * 1024 * 1024;
/** Characters that XML doesn't allow (tools write control characters as they found them) are kept, so many in a file. */
export const MAX_ODD = 10_000;
/** So much is read at a time, less after damage, as what was looked at ahead of it is looked at again. */
export const MOST_AT_ONCE = 64 * 1024, LEAST_AT_ONCE = 1024;
export const ENTITIES = 'the document declares entities, which are never expanded (they can be bombs, or name other files): export it without them';
