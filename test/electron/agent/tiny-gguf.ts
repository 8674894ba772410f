import { writeFileSync } from 'node:fs';

/** Sizes of the smallest llama that an engine still loads. */
const EMBED = 32, HEADS = 2, BLOCKS = 1, FEED = 64, CONTEXT = 8192;
const ALIGN = 32;
const TYPE = { uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9 } as const;

/**
 * Writes a model with random weights (GGUF version 3; ggml/docs/gguf.md): the architecture of llama, a vocabulary of single bytes. It says nothing that
 * means anything, through an engine that is a real one.
 */
export function writeTinyModel(file: string, seed: number): void {
  const tokens = ['<unk>', '<s>', '</s>', ...Array.from({ length: 256 }, (_, i) => `<0x${i.toString(16).toUpperCase().padStart(2, '0')}>`)];
  const types = tokens.map((_, i) => (i === 0 ? 2 : i < 3 ? 3 : 6));
  const parts: Buffer[] = [];
  const u32 = (n: number): Buffer => { const b = Buffer.alloc(4); b.writeUInt32LE(n); return b; }, u64 = (n: number): Buffer => { const b = Buffer.alloc(8); b.writeBigUInt64LE(BigInt(n)); return b; }, f32 = (n: number): Buffer => { const b = Buffer.alloc(4); b.writeFloatLE(n); return b; };
  const text = (s: string): Buffer => Buffer.concat([u64(Buffer.byteLength(s)), Buffer.from(s)]);
  const pair = (key: string, type: number, value: Buffer): Buffer => Buffer.concat([text(key), u32(type), value]);
  const list = (type: number, values: readonly Buffer[]): Buffer => Buffer.concat([u32(type), u64(values.length), ...values]);
  const meta = [
    pair('general.architecture', TYPE.string, text('llama')), pair('general.name', TYPE.string, text('nonsense')), pair('general.alignment', TYPE.uint32, u32(ALIGN)),
    pair('llama.context_length', TYPE.uint32, u32(CONTEXT)), pair('llama.embedding_length', TYPE.uint32, u32(EMBED)), pair('llama.block_count', TYPE.uint32, u32(BLOCKS)), pair('llama.feed_forward_length', TYPE.uint32, u32(FEED)),
    pair('llama.attention.head_count', TYPE.uint32, u32(HEADS)), pair('llama.attention.head_count_kv', TYPE.uint32, u32(HEADS)), pair('llama.attention.layer_norm_rms_epsilon', TYPE.float32, f32(1e-5)), pair('llama.rope.dimension_count', TYPE.uint32, u32(EMBED / HEADS)), pair('llama.vocab_size', TYPE.uint32, u32(tokens.length)),
    pair('tokenizer.ggml.model', TYPE.string, text('llama')), pair('tokenizer.ggml.tokens', TYPE.array, list(TYPE.string, tokens.map(text))), pair('tokenizer.ggml.scores', TYPE.array, list(TYPE.float32, tokens.map(() => f32(0)))), pair('tokenizer.ggml.token_type', TYPE.array, list(TYPE.int32, types.map(u32))),
    pair('tokenizer.ggml.bos_token_id', TYPE.uint32, u32(1)), pair('tokenizer.ggml.eos_token_id', TYPE.uint32, u32(2)), pair('tokenizer.ggml.unknown_token_id', TYPE.uint32, u32(0)), pair('tokenizer.ggml.add_bos_token', TYPE.bool, Buffer.from([1])),
  ];
  const shapes: readonly (readonly [string, readonly number[]])[] = [
    ['token_embd.weight', [EMBED, tokens.length]], ['output_norm.weight', [EMBED]], ['output.weight', [EMBED, tokens.length]],
    ...Array.from({ length: BLOCKS }, (_, i) => [
      ...['attn_q', 'attn_k', 'attn_v', 'attn_output'].map((name) => [`blk.${i}.${name}.weight`, [EMBED, EMBED]] as const), [`blk.${i}.attn_norm.weight`, [EMBED]] as const, [`blk.${i}.ffn_norm.weight`, [EMBED]] as const,
      [`blk.${i}.ffn_gate.weight`, [EMBED, FEED]] as const, [`blk.${i}.ffn_up.weight`, [EMBED, FEED]] as const, [`blk.${i}.ffn_down.weight`, [FEED, EMBED]] as const,
    ]).flat(),
  ];
  let offset = 0, state = seed >>> 0;
  const next = (): number => { state = (Math.imul(state, 1664525) + 1013904223) >>> 0; return state / 4294967296 - 0.5; };
  const infos: Buffer[] = [], data: Buffer[] = [];
  for (const [name, shape] of shapes) {
    const count = shape.reduce((a, b) => a * b, 1), bytes = Buffer.from(Float32Array.from({ length: count }, () => (shape.length === 1 ? 1 : next())).buffer);
    infos.push(Buffer.concat([text(name), u32(shape.length), ...shape.map(u64), u32(0), u64(offset)]));
    const padded = Buffer.concat([bytes, Buffer.alloc((ALIGN - (bytes.length % ALIGN)) % ALIGN)]);
    data.push(padded);
    offset += padded.length;
  }
  parts.push(Buffer.from('GGUF'), u32(3), u64(shapes.length), u64(meta.length), ...meta, ...infos);
  const head = Buffer.concat(parts);
  writeFileSync(file, Buffer.concat([head, Buffer.alloc((ALIGN - (head.length % ALIGN)) % ALIGN), ...data]));
}
