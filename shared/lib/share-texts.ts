/** Gives the first copy of a text for every other one: few different ones stand in very many rows, each of which brings its own. @param most different texts that are kept */
export function shareTexts(most: number): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const have = known.get(text);
    if (have !== undefined) return have;
    if (known.size < most) known.set(text, text);
    return text;
  };
}
