import { RichText } from '../../ui/rich-text.tsx';

/** What could not be read: where, and why. */
export function QuarantineList({ items }: { readonly items: readonly { readonly position: string; readonly why: string }[] }) {
  return <ul className="quarantine">{items.map((item, i) => <li key={i}><span className="mono at">{item.position}</span><span><RichText text={item.why} zone={null} /></span></li>)}</ul>;
}
