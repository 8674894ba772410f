let codes: ReadonlyMap<string, string> | undefined;

/** ISO 3166 codes by the English name, from the runtime's own tables. */
function codesByName(): ReadonlyMap<string, string> {
  if (codes) return codes;
  const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
  const letters = Array.from({ length: 26 }, (_, i) => String.fromCharCode(65 + i));
  const found = new Map<string, string>([['usa', 'US'], ['united states of america', 'US'], ['uk', 'GB'], ['great britain', 'GB'], ['czech republic', 'CZ'], ['turkey', 'TR'], ['republic of korea', 'KR'], ['russian federation', 'RU'], ['burma', 'MM']]);
  for (const code of letters.flatMap((first) => letters.map((second) => first + second))) {
    const name = names.of(code)?.toLowerCase();
    // Withdrawn codes (`DD`, `VD`) carry today's name: only a code that is its own canonical form counts.
    if (name !== undefined && !found.has(name) && new Intl.Locale(`und-${code}`).region === code) found.set(name, code);
  }
  codes = found;
  return found;
}

/** A country as its two-letter ISO 3166 code where the name is known (`Netherlands` → `NL`), else as written. */
export function countryCode(country: string | undefined): string | undefined {
  if (country === undefined) return undefined;
  return /^[A-Za-z]{2}$/.test(country) ? country.toUpperCase() : codesByName().get(country.trim().toLowerCase()) ?? country;
}
