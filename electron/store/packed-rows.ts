/**
 * Rows of one table as bytes and numbers. A batch of them crosses threads without being copied, whereas objects are taken apart and put together
 * again field by field, which took a third of the writer's time.
 */
export interface PackedRows {
  readonly count: number;
  /** All texts one behind the other, in UTF-8. */
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  /** A row's cells: the byte where its texts end, for each text where it ends in characters from the start of the row (-1: null), then its numbers. */
  readonly cells: Float64Array<SharedArrayBuffer>;
}
/** Texts first, then numbers. */
export interface PackedShape { readonly texts: number; readonly numbers: number }
/** The memory of a batch that was read, to be used again. */
export interface SpareMemory { readonly bytes: SharedArrayBuffer; readonly cells: SharedArrayBuffer }

const FIRST_BYTES = 256 * 1024, FIRST_CELLS = 4096, MOST_KEPT = 4 * 1024 * 1024;

/** The memory of rows that were read; undefined where there is none, or too much to be kept. */
export function spareOf({ bytes, cells }: PackedRows): SpareMemory | undefined {
  return bytes.buffer.byteLength > 0 && bytes.buffer.byteLength <= MOST_KEPT ? { bytes: bytes.buffer, cells: cells.buffer } : undefined;
}

/**
 * Gathers rows until they are taken. Nothing of a row stays in the heap. Both threads see the memory, and it is used again once it is given back: memory that
 * moves from one thread to the other is counted by the garbage collectors of both, which then run all the time.
 */
export function createPacker() {
  const spares: SpareMemory[] = [];
  let bytes = Buffer.from(new SharedArrayBuffer(0)), cells = new Float64Array(new SharedArrayBuffer(0)), used = 0, at = 0, count = 0;
  return {
    add(texts: readonly (string | null)[], numbers: readonly number[]): void {
      if (bytes.length === 0) begin();
      if (at + 1 + texts.length + numbers.length > cells.length) cells = larger(cells, at);
      const end = at++;
      let characters = 0;
      for (const text of texts) {
        if (text !== null) characters += text.length;
        cells[at++] = text === null ? -1 : characters;
      }
      for (const number of numbers) cells[at++] = number;
      write(texts.join(''));
      cells[end] = used;
      count += 1;
    },
    take(): PackedRows {
      const packed = { count, bytes: new Uint8Array(bytes.buffer, 0, used), cells: cells.subarray(0, at) };
      [bytes, cells, used, at, count] = [Buffer.from(new SharedArrayBuffer(0)), new Float64Array(new SharedArrayBuffer(0)), 0, 0, 0];
      return packed;
    },
    /** Forgets the rows that were not taken. */
    clear(): void { [used, at, count] = [0, 0, 0]; },
    /** Takes back the memory of a batch that was read. */
    reuse(spare: SpareMemory): void { spares.push(spare); },
  };

  function begin(): void {
    const spare = spares.pop();
    bytes = Buffer.from(spare?.bytes ?? new SharedArrayBuffer(FIRST_BYTES));
    cells = spare ? new Float64Array(spare.cells) : new Float64Array(new SharedArrayBuffer(FIRST_CELLS * 8));
  }

  function write(text: string): void {
    // A UTF-16 unit takes three bytes at most.
    const most = used + text.length * 3;
    if (most > bytes.length) {
      const more = Buffer.from(new SharedArrayBuffer(Math.max(bytes.length * 2, most)));
      bytes.copy(more, 0, 0, used);
      bytes = more;
    }
    used += bytes.write(text, used, 'utf8');
  }
}

function larger(cells: Float64Array<SharedArrayBuffer>, used: number): Float64Array<SharedArrayBuffer> {
  const more = new Float64Array(new SharedArrayBuffer(cells.length * 16));
  more.set(cells.subarray(0, used));
  return more;
}

/** The rows again, in their order; each is a list of its texts and numbers, the caller's to keep. */
export function* unpackRows(packed: PackedRows, shape: PackedShape): Generator<(string | number | null)[]> {
  const { cells } = packed, bytes = Buffer.from(packed.bytes.buffer, packed.bytes.byteOffset, packed.bytes.length);
  for (let row = 0, at = 0, start = 0; row < packed.count; row++) {
    const end = cells[at++] ?? 0, all = bytes.toString('utf8', start, end);
    start = end;
    const values: (string | number | null)[] = [];
    for (let i = 0, from = 0; i < shape.texts; i++) {
      const to = cells[at++] ?? -1;
      values.push(to < 0 ? null : all.slice(from, to));
      if (to >= 0) from = to;
    }
    for (let i = 0; i < shape.numbers; i++) values.push(cells[at++] ?? 0);
    yield values;
  }
}
