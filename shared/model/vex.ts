import { z } from 'zod';

/** What a supplier says of a vulnerability in a product or in one of its packages (VEX). */
export const vexStatementSchema = z.object({
  ids: z.array(z.string()).readonly(), state: z.enum(['not_affected', 'affected', 'fixed', 'under_investigation']), justification: z.string().nullable(),
  /** The package that it is about; null for the product as a whole. */
  package: z.string().nullable(), version: z.string().nullable(), pointer: z.string(),
}).readonly();
export type VexStatement = z.infer<typeof vexStatementSchema>;
export const vexHolderSchema = z.object({ vex: z.array(vexStatementSchema).readonly() }).readonly();
