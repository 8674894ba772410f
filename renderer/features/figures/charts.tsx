import { formatCount } from '../../ui/format.ts';
import { axisTop, calibrationGap, type Figures, wilson } from './figure-shapes.ts';

const BOX = { left: 30, right: 350, top: 10, bottom: 238 } as const;
const x = (share: number): number => BOX.left + share * (BOX.right - BOX.left);
const y = (share: number): number => BOX.bottom - share * (BOX.bottom - BOX.top);

/** Confidence against the share that people let stand, with Wilson intervals; on the dashed line the two agree. */
export function ReliabilityChart({ steps }: { readonly steps: Figures['reliability'] }) {
  const points = steps.filter((step) => step.n > 0).map((step) => ({ ...step, at: (step.from + step.to) / 2, share: step.upheld / step.n, ...wilson(step.upheld, step.n) }));
  const words = points.map((p) => `confidence ${p.from.toFixed(1)} to ${p.to.toFixed(1)}: ${p.upheld} of ${p.n} upheld`).join('; ');
  return (
    <svg viewBox="0 0 356 268" className="rel" role="img" aria-label={`Reliability diagram. ${words}`}>
      {[0, 0.25, 0.5, 0.75, 1].map((tick) => <g key={tick}><line className="gl" x1={BOX.left} x2={BOX.right} y1={y(tick)} y2={y(tick)} /><text x={BOX.left - 6} y={y(tick) + 3.5} textAnchor="end">{tick}</text><text x={x(tick)} y={252} textAnchor={tick === 1 ? 'end' : 'middle'}>{tick}</text></g>)}
      <rect className="band" x={x(0.9)} y={BOX.top} width={x(1) - x(0.9)} height={BOX.bottom - BOX.top}><title>Only above 0.9 may a decision page</title></rect>
      <line className="dia" x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} />
      <text className="hint" x={x(0.06)} y={y(0.93)}>under-confident</text><text className="hint" x={x(0.62)} y={y(0.08)}>over-confident</text>
      <polyline className="ln" points={points.map((p) => `${x(p.at)},${y(p.share)}`).join(' ')} />
      {points.map((p) => <g key={p.from}><line className="eb" x1={x(p.at)} x2={x(p.at)} y1={y(p.high)} y2={y(p.low)} /><circle cx={x(p.at)} cy={y(p.share)} r={Math.min(5, 2.6 + Math.log10(p.n))}><title>{`${p.upheld} of ${p.n} upheld at ${p.from.toFixed(1)} to ${p.to.toFixed(1)}`}</title></circle></g>)}
    </svg>
  );
}

/** The caption of the diagram. */
export function reliabilityCaption(steps: Figures['reliability']): string {
  const gap = calibrationGap(steps), n = steps.reduce((sum, step) => sum + step.n, 0);
  return gap === null ? 'Needs reviewed decisions: none yet' : `Confidence against the share upheld, mean gap ${gap.toFixed(2)}, n ${formatCount(n)}`;
}

const WIDE = 496, BASE = 152, CEILING = 12, LEFT = 38;

/** Findings by week, empty weeks too: equal steps are equal times. */
export function WeeksChart({ weeks: shown }: { readonly weeks: Figures['weeks'] }) {
  const top = axisTop(Math.max(0, ...shown.map((week) => week.findings)));
  const slot = (WIDE - LEFT - 6) / Math.max(shown.length, 6), width = Math.min(28, slot * 0.62), height = (n: number): number => (n / top) * (BASE - CEILING);
  const every = Math.max(1, Math.ceil(shown.length / 6));
  return (
    <svg viewBox={`0 0 ${WIDE} 176`} className="tr" role="img" aria-label={`Findings per week. ${shown.map((week) => `${week.week}: ${week.findings}`).join(', ')}`}>
      {[0, 0.5, 1].map((part) => <g key={part}><line className="gl" x1={LEFT - 4} x2={WIDE} y1={BASE - part * (BASE - CEILING)} y2={BASE - part * (BASE - CEILING)} /><text x={LEFT - 9} y={BASE - part * (BASE - CEILING) + 3.5} textAnchor="end">{formatCount(top * part)}</text></g>)}
      {shown.map(({ week, findings }, i) => {
        const left = LEFT + 6 + i * slot, tall = Math.max(findings > 0 ? 1.5 : 0, height(findings));
        return <g key={week}><rect className={i === shown.length - 1 ? 'b now' : 'b'} x={left} y={BASE - tall} width={width} height={tall} rx={1.5}><title>{`${week}: ${formatCount(findings)}`}</title></rect>{(shown.length - 1 - i) % every === 0 && <text x={left + width / 2} y={168} textAnchor="middle">{week.replace(/^\d{4}-?/, '')}</text>}</g>;
      })}
    </svg>
  );
}
