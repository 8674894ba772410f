import { useStore } from '../../state/store.ts';

/** Who reviews: stands in the audit chain with every review, and is remembered in this window. */
export function ReviewerField() {
  const reviewer = useStore((s) => s.preferences.reviewer);
  const prefer = useStore((s) => s.prefer);
  return <label className="reviewer">as <input className="input" defaultValue={reviewer} aria-label="Your name in the record" maxLength={80} onBlur={(event) => { const name = event.target.value.trim(); if (name === '') event.target.value = reviewer; else prefer({ reviewer: name }); }} /></label>;
}
