/** What SQLite's result codes, and those of the system where a file is copied, mean for whoever sits before the screen (https://www.sqlite.org/rescode.html). */
const WORDS: readonly (readonly [code: RegExp, say: (why: string) => string])[] = [
  [/^SQLITE_(CORRUPT|NOTADB)/, (why) => `the file is damaged (${why}); restore it from a copy or from the backup beside it (FILE.backup-…)`],
  [/^(SQLITE_FULL|ENOSPC|EDQUOT)/, () => 'the disk is full; what was saved until now is kept, and the same command goes on from there once there is room'],
  [/^SQLITE_CANTOPEN/, () => 'SQLite can\'t make its files (FILE-wal, FILE-shm, FILE-lock) beside it: the folder may be write-protected; copy the workspace to a folder that you can write to'],
  [/^SQLITE_READONLY/, () => 'it may only be read: the file, its folder or the disk is write-protected; what was saved until now is kept'],
  [/^SQLITE_IOERR_SHM/, () => 'there is no room on the disk for the files that SQLite makes beside it (FILE-wal, FILE-shm), or the disk failed; what was saved until now is kept'],
  [/^SQLITE_IOERR/, (why) => `the disk failed (${why}); what was saved until now is kept`],
];

/** An error of the store in words for a person; any other as it is. */
export function problemInWords(error: unknown): string {
  const why = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return WORDS.find(([of]) => of.test(code))?.[1](why) ?? why;
}
