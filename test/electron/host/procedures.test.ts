import { describe, expect, it } from 'vitest';
import { contract, procedureOf } from '#shared/rpc/contract.ts';
import { reads } from '#electron/host/handlers/reads.ts';
import { writes } from '#electron/host/handlers/writes.ts';

describe('the procedures', () => {
  it('has a handler for every procedure of the contract, the writing ones with the writer', () => {
    const names = Object.entries(contract).flatMap(([group, methods]) => Object.keys(methods).map((method) => `${group}.${method}`));
    const elsewhere = ['jobs.cancel', 'sql.run'];
    expect([...reads.keys(), ...writes.keys(), ...elsewhere].toSorted()).toEqual(names.toSorted());
    for (const name of reads.keys()) expect([name, procedureOf(name)?.writes]).toEqual([name, false]);
    for (const name of writes.keys()) expect([name, procedureOf(name)?.writes]).toEqual([name, true]);
  });
});
