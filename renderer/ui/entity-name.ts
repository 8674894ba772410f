/**
 * What an entity is called where there is little room: an image without its registry and with a short digest, an AWS id without the word for its
 * type, which the icon tells. Everything else stays as it is. The whole id belongs into the title.
 */
export function shortName(name: string): string {
  const short = name.replace(/@sha256:([0-9a-f]{8})[0-9a-f]{56}$/, '@sha256:$1');
  const [first = '', ...rest] = short.split('/');
  // A registry is told by its dot or port, as container runtimes do (docker.io/distribution: reference grammar).
  if (rest.length > 0 && !short.includes('//') && (/\.[a-z]{2,}(?::\d+)?$/.test(first) || /^[\w.-]+:\d+$/.test(first))) return rest.join('/');
  return /^[a-z-]+\/[a-z]+-[0-9a-f]{8,}$/.test(short) ? rest.join('/') : short;
}
