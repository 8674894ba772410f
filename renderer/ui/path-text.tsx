/** Characters of a path's end that stay in sight: a name with its date or number. */
const TAIL = 40;

/** A path or file name that gives way in its middle, so that its end stays in sight; the whole of it is the title. */
export function PathText({ path, after = '', title = path }: { readonly path: string; /** Stands behind it and never gives way. */ readonly after?: string; readonly title?: string }) {
  const cut = Math.max(0, path.length - TAIL);
  return <span className="path-text" title={title}><span className="clip">{path.slice(0, cut)}</span><span className="clip end">{path.slice(cut)}</span>{after !== '' && <span>{after}</span>}</span>;
}
