/** Every word has to stand in the name, so that Enter never runs what merely has its letters; names that begin with the first word come first. */
export function rankWords(value: string, search: string): number {
  const name = value.toLowerCase(), words = search.toLowerCase().split(/\s+/).filter((word) => word !== '');
  if (!words.every((word) => name.includes(word))) return 0;
  return name.startsWith(words[0] ?? '') ? 1 : 0.5;
}
