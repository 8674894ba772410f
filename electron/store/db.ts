import type Database from 'better-sqlite3';

/** An open connection. Types only: nobody but open.ts loads the driver. */
export type Db = Database.Database;
