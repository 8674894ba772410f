import { asff } from './asff.ts';
import { cloudtrail } from './cloudtrail.ts';
import { guardduty } from './guardduty.ts';
import { inspector } from './inspector.ts';
import { ocsf } from './ocsf.ts';
import { prowlerCsv } from './prowler-csv.ts';
import { prowlerOcsf } from './prowler-ocsf.ts';
import { prowlerV2 } from './prowler-v2.ts';
import { prowlerV3 } from './prowler-v3.ts';
import { sarif } from './sarif.ts';
import { trivy } from './trivy.ts';
import { wizCsv } from './wiz-csv.ts';
import { wizFindings } from './wiz-findings.ts';
import { wizIssues } from './wiz-issues.ts';
import type { Format } from './format.ts';

/** Every finding and log format, one line each; on equal scores the earlier one wins. */
export const formats: readonly Format[] = [
  asff,
  guardduty,
  inspector,
  prowlerOcsf,
  prowlerV3,
  prowlerCsv,
  prowlerV2,
  wizIssues,
  wizFindings,
  wizCsv,
  trivy,
  sarif,
  ocsf,
  cloudtrail,
];
