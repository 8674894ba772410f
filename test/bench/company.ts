/** The made-up estate that the benchmark's files describe: stories of one entity each, in tens, a thousand in an account. */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export const REGION = 'eu-central-1';
/** Rounds of stories in one account: a thousand entities. */
const ACCOUNT_ROUNDS = 100;
const ACCOUNT_STEP = 1_010_101;
/** Account ids in order, e.g. `111122223333`; how many follows from the number of rounds. */
export const accountsFor = (rounds: number): readonly string[] => Array.from({ length: Math.ceil(rounds / ACCOUNT_ROUNDS) }, (_, i) => String(111_122_223_333 + i * ACCOUNT_STEP));
const accountOf = (round: number): string => String(111_122_223_333 + Math.floor(round / ACCOUNT_ROUNDS) * ACCOUNT_STEP);
/** "Now" of the estate: nothing in the data is newer. */
export const NOW = Date.UTC(2026, 10, 21, 3, 0, 0);
export const DAY = 86_400_000;

/** What the findings of one entity tell. Ten stories make a round; `STORY_FINDINGS` of them come to 50 findings. */
export const stories = ['public_bucket', 'blocked_bucket', 'vulnerable_instance', 'open_port', 'brute_force', 'login', 'role', 'image', 'unlogged_bucket', 'large_image'] as const;
export type StoryName = (typeof stories)[number];
export const STORY_FINDINGS: Readonly<Record<StoryName, number>> = { public_bucket: 5, blocked_bucket: 5, vulnerable_instance: 5, open_port: 5, brute_force: 5, login: 5, role: 5, image: 5, unlogged_bucket: 2, large_image: 8 };
export const ROUND = 50;

export interface Story {
  readonly name: StoryName;
  /** Running number of the story and of its round. */
  readonly n: number; readonly round: number;
  readonly account: string;
  readonly id: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** `count` stories in their fixed order; the seed changes every id, never the shape. */
export function* eachStory(count: number, seed: number): Generator<Story> {
  for (let n = 0; n < count; n++) yield storyOf(n, seed);
}

export function storyOf(n: number, seed: number): Story {
  const name = stories[n % stories.length] ?? 'image';
  const round = Math.floor(n / stories.length);
  const owned = round % 7 !== 6;
  return {
    name, n, round, account: accountOf(round), id: hex(seed, n, 17),
    tags: { Name: `bench-${name.replace('_', '-')}-${n}`, environment: round % 400 >= 100 && round % 400 < 200 ? 'dev' : 'production', ...(owned && { owner: `team-${round % 12}` }) },
  };
}

/** The story of the same round: its role, its bucket. */
export const siblingOf = (story: Story, name: StoryName, seed: number): Story => storyOf(story.round * stories.length + stories.indexOf(name), seed);

/** Lower-case hex of a wanted length, always the same for the same numbers (mulberry32 over seed and number). */
export function hex(seed: number, n: number, length: number): string {
  const random = randomOf(seed, n);
  let text = '';
  while (text.length < length) text += Math.floor(random() * 4_294_967_296).toString(16).padStart(8, '0');
  return text.slice(0, length);
}

/** Numbers in [0, 1), the same for the same seed and stream. */
export function randomOf(seed: number, stream: number): () => number {
  let state = (Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(stream + 1, 0x85ebca6b)) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const iso = (time: number): string => new Date(time).toISOString();
/** When the tools saw a story: within the last month. */
export const seenAt = (story: Story): number => NOW - DAY - (story.n % 20_000) * 97_000;

export const bucketName = (s: Story): string => `bench-${s.name.replace('_', '-')}-${s.n}`;
export const bucketArn = (s: Story): string => `arn:aws:s3:::${bucketName(s)}`;
export const instanceId = (s: Story): string => `i-${s.id}`;
export const instanceArn = (s: Story): string => `arn:aws:ec2:${REGION}:${s.account}:instance/${instanceId(s)}`;
export const userName = (s: Story): string => `bench-user-${s.n}`;
export const userArn = (s: Story): string => `arn:aws:iam::${s.account}:user/${userName(s)}`;
export const roleName = (s: Story): string => `bench-role-${s.n}`;
export const roleArn = (s: Story): string => `arn:aws:iam::${s.account}:role/${roleName(s)}`;
/** Addresses of RFC 2544 (benchmarking), one an instance. */
export const publicIp = (s: Story): string => `198.${18 + ((s.n >> 16) & 1)}.${(s.n >> 8) & 255}.${s.n & 255}`;
export const privateIp = (s: Story): string => `10.${(s.n >> 16) & 127}.${(s.n >> 8) & 255}.${s.n & 255}`;
export const attackerIp = (s: Story): string => (s.round % 3 === 0 ? '198.51.100.20' : `203.0.113.${(s.n % 250) + 1}`);
/** Is the security group of the instance open to the internet? */
export const isOpen = (s: Story): boolean => s.round % 2 === 0;
