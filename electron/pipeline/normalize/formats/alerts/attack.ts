const tacticNames: Readonly<Record<string, string>> = {
  reconnaissance: 'TA0043', resourcedevelopment: 'TA0042', initialaccess: 'TA0001', execution: 'TA0002', persistence: 'TA0003', privilegeescalation: 'TA0004', defenseevasion: 'TA0005', defenceevasion: 'TA0005',
  credentialaccess: 'TA0006', discovery: 'TA0007', lateralmovement: 'TA0008', collection: 'TA0009', exfiltration: 'TA0010', commandandcontrol: 'TA0011', impact: 'TA0040',
  // Microsoft's kill chain has two of its own before these (Defender for Cloud documentation, "Alerts reference").
  preattack: 'TA0043', probing: 'TA0043', commandcontrol: 'TA0011', c2: 'TA0011',
};

/** The id of an ATT&CK tactic (attack.mitre.org/tactics/enterprise), given as id or by its name in any spelling (`Initial Access`, `lateral-movement`, `CommandAndControl`). */
export function tacticId(text: string): string | undefined {
  const id = /^TA\d{4}\b/.exec(text.trim())?.[0];
  if (id !== undefined) return id;
  const key = text.slice(0, 60).toLowerCase().replace(/[^a-z0-9]/g, '');
  return Object.hasOwn(tacticNames, key) ? tacticNames[key] : undefined;
}

/** The ids of ATT&CK techniques in texts (`T1059.001`, `attack.t1059`, `T1059: Command …`), each once; a technique that one of its own sub-techniques stands beside is left out. */
export function techniquesIn(texts: readonly (string | undefined)[]): readonly string[] {
  const ids = [...new Set(texts.slice(0, 200).flatMap((text) => [...(text ?? '').slice(0, 500).matchAll(/(?<![A-Za-z0-9])t\d{4}(?:\.\d{3})?(?![\d])/gi)].map(([id]) => id.toUpperCase())))];
  return ids.filter((id) => !ids.some((other) => other.startsWith(`${id}.`)));
}
