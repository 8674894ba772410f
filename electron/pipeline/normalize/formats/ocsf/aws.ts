import { list, str } from '#shared/lib/json.ts';
import { withPort } from '../asff/port.ts';
import { asffCompliance, asffMeaning, asffSource, type AsffMeaning } from '../asff/product.ts';

/** What AWS's own products say of a finding in OCSF: the same as in ASFF, so that a finding which comes both ways is one (Security Hub user guide, "OCSF findings"). */
export interface AwsMeaning extends AsffMeaning { readonly source: string; readonly port?: number | undefined; readonly compliance: readonly string[] }

/** @returns undefined when another product made it. Security Lake and Security Hub name theirs by a product's ARN. */
export function awsMeaning(record: unknown, info: unknown): AwsMeaning | undefined {
  const product = str(record, 'metadata', 'product', 'uid');
  if (product === undefined || !/:product(v2)?\/aws\/[\w-]+$/.test(product)) return undefined;
  const title = str(info, 'title');
  const finding = {
    ProductArn: product.replace(':productv2/', ':product/'), Title: title, Description: str(info, 'desc'), Types: list(info, 'types'), GeneratorId: str(record, 'metadata', 'product', 'feature', 'uid'),
    Vulnerabilities: list(record, 'vulnerabilities').map((item) => ({ Id: str(item, 'cve', 'uid') ?? str(item, 'title') })),
    Resources: list(record, 'resources').map((resource) => ({ Id: str(resource, 'uid'), Type: str(resource, 'type') })),
    Compliance: {
      SecurityControlId: str(record, 'compliance', 'control'), RelatedRequirements: list(record, 'compliance', 'requirements'),
      AssociatedStandards: list(record, 'compliance', 'standards').map((StandardsId) => ({ StandardsId })),
    },
  };
  const source = asffSource(finding), meaning = asffMeaning(finding, source);
  return { ...withPort(meaning, source, meaning.check_id, title), source, compliance: asffCompliance(finding) };
}
