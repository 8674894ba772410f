import { useEffect, useLayoutEffect, useState } from 'react';
import { useStore } from '../../state/store.ts';
import { Button } from '../../ui/button.tsx';

const marks = [
  { at: 'start', title: 'Start here', text: 'Three tools call this bucket public and critical. Winnow asked what really happens: the bucket policy refuses the internet. That is why it says defer.' },
  { at: 'evidence', title: 'One tick for each claim', text: 'A full tick is proven by a recorded call, a hollow one is unknown, a split one is in conflict. Click a call id at the right to see what was returned.' },
  { at: 'act', title: 'Keys do everything', text: 'j and k move, a approves, 1 to 4 override, Enter opens. ? shows all of them, and Ctrl or ⌘ Z takes the last review back.' },
] as const;

/** Three notes for the first minute; gone for good when dismissed. They never take the focus or block a key. */
export function CoachMarks() {
  const prefer = useStore((s) => s.prefer);
  const [step, setStep] = useState(0);
  const mark = marks[step];
  const place = usePlace(mark?.at);
  if (mark === undefined || place === null) return null;
  const done = (): void => prefer({ coachDone: true });
  return (
    <aside className={`coach ${mark.at}`} style={{ left: place.left, top: place.top }} aria-label={`Hint ${step + 1} of ${marks.length}`} role="note">
      <h2>{mark.title}</h2><p>{mark.text}</p>
      <div className="row1"><span className="dim">{step + 1} of {marks.length}</span><span className="grow" />{step < marks.length - 1 && <Button small look="ghost" onClick={done}>Skip</Button>}<Button small look="primary" onClick={() => (step < marks.length - 1 ? setStep(step + 1) : done())}>{step < marks.length - 1 ? 'Next' : 'Done'}</Button></div>
    </aside>
  );
}

const WIDTH = 290, HEIGHT = 150;

/** Below what is meant, or above it when there is no room; follows the window. */
function usePlace(at: string | undefined): { readonly left: number; readonly top: number } | null {
  const [place, setPlace] = useState<{ readonly left: number; readonly top: number } | null>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const again = (): void => setTurn((n) => n + 1);
    addEventListener('resize', again);
    const timer = setTimeout(again, 300);
    return () => { removeEventListener('resize', again); clearTimeout(timer); };
  }, [at]);
  useLayoutEffect(() => {
    const target = at === undefined ? null : document.querySelector(`[data-coach="${at}"]`);
    if (target === null) { setPlace(null); return; }
    const box = target.getBoundingClientRect();
    const below = box.bottom + 10 + HEIGHT < innerHeight;
    setPlace({ left: Math.max(8, Math.min(box.left + (at === 'start' ? 136 : 0), innerWidth - WIDTH - 12)), top: below ? box.bottom + 10 : box.top - HEIGHT - 10 });
  }, [at, turn]);
  return place;
}
