import { list, str } from '#shared/lib/json.ts';
import { withPort } from '../asff/port.ts';
import { asffCompliance, asffMeaning, asffSource, productSlug, type AsffMeaning } from '../asff/product.ts';

/** What AWS's own products say of a finding in OCSF: the same as in ASFF, so that a finding which comes both ways is one (Security Hub user guide, "OCSF findings"). */
export interface AwsMeaning extends AsffMeaning { readonly source: string; readonly port?: number | undefined; readonly compliance: readonly string[] }

/** @returns undefined when another product made it. Security Lake and Security Hub name theirs by a product's ARN. */
export function awsMeaning(record: unknown, info: unknown): AwsMeaning | undefined {
  const product = str(record, 'metadata', 'product', 'uid') ?? namedProduct(record);
  if (product === undefined || !/:product(v2)?\/aws\/[\w-]+$/.test(product)) return undefined;
  const title = str(info, 'title');
  const finding = {
    ProductArn: product.replace(':productv2/', ':product/'), Title: title, Description: str(info, 'desc'), Types: list(info, 'types'), GeneratorId: str(record, 'metadata', 'product', 'feature', 'uid'),
    Vulnerabilities: list(record, 'vulnerabilities').map((item) => ({ Id: str(item, 'cve', 'uid') ?? str(item, 'title') })),
    Resources: [...list(record, 'resources'), ...list(record, 'resource')].map((resource) => ({ Id: str(resource, 'uid'), Type: str(resource, 'type') })),
    Compliance: {
      SecurityControlId: str(record, 'compliance', 'control'), RelatedRequirements: list(record, 'compliance', 'requirements'),
      AssociatedStandards: list(record, 'compliance', 'standards').map((StandardsId) => ({ StandardsId })),
    },
  };
  const source = asffSource(finding), meaning = source === 'securityhub-coverage' ? coverageMeaning(title) : asffMeaning(finding, source);
  return { ...withPort(meaning, source, meaning.check_id, title), source, compliance: asffCompliance(finding) };
}

/** Whether a detector (GuardDuty, Inspector, Macie) watches an account (Security Hub user guide, "Coverage findings"): what its controls `GuardDuty.1`, `Inspector.1`, `Macie.1` ask as well. */
const coverageMeaning = (title: string | undefined): AsffMeaning => ({ check_id: title ?? 'Coverage', kind: 'posture', attack: [], issue_type: 'logging_disabled', issue_mapped: true });

/** The ARN that a product of AWS would have, where its record only names it. */
function namedProduct(record: unknown): string | undefined {
  const name = str(record, 'metadata', 'product', 'name') ?? '';
  return /^(AWS|Amazon)\b/i.test(str(record, 'metadata', 'product', 'vendor_name') ?? '') && /^(Security Hub|GuardDuty|Inspector|Macie|(IAM )?Access Analyzer|Config)\b/i.test(name) ? `arn:aws:securityhub:::product/aws/${productSlug(name)}` : undefined;
}
