/**
 * A repository by the address of its page, however it was cloned: `git@github.com:acme/shop.git`, `ssh://git@…`, `github.com/acme/shop`,
 * `https://user@…/shop.git/`. Undefined when the text is no address of a repository.
 */
export function repositoryUrl(text: string): string | undefined {
  const m = /^(?:(?:https?|ssh|git):\/\/(?:[^@/\s]+@)?([\w.-]+)(?::\d+)?\/|[\w.-]+@([\w.-]+):(?!\/\/)|((?:github|gitlab|bitbucket)\.[\w.-]+)\/)([^\s?#]+?)(?:\.git)?\/*$/.exec(text);
  const host = m?.[1] ?? m?.[2] ?? m?.[3];
  return host === undefined || m?.[4] === undefined ? undefined : `https://${host.toLowerCase()}/${m[4]}`;
}
