/** Lets the reader keep a text as a file. Nothing leaves the machine: the browser writes it to its folder of downloads. */
export function saveFile(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser may start reading only after this turn.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
