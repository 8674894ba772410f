import { str } from '#shared/lib/json.ts';

/** The columns that a row of the findings report always has, by which it is told (Inspector user guide, "Exporting findings reports"). */
export const isReportHeader = (header: readonly string[]): boolean => {
  const cells = new Set(header.map((cell) => cell.trim().toLowerCase()));
  return ['finding arn', 'finding type', 'resource id', 'severity'].every((cell) => cells.has(cell));
};

type Cell = (name: string) => string | undefined;

/** A row of the report in CSV in the shape of the API's finding. Lists stand in one cell, separated by commas, the packages' in the same order in each. */
export function rowFinding(row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const byName = new Map(Object.keys(row).map((key) => [key.trim().toLowerCase(), str(row, key)]));
  const cell: Cell = (name) => byName.get(name.toLowerCase());
  const type = cell('Finding Type') ?? '';
  return {
    findingArn: cell('Finding ARN'), awsAccountId: cell('AWS Account Id'), type: type.toUpperCase().replaceAll(/\W+/g, '_'), title: cell('Title'), description: cell('Description'), severity: cell('Severity'),
    status: cell('Status'), firstObservedAt: cell('First Seen'), lastObservedAt: cell('Last Seen'), updatedAt: cell('Last Updated'), fixAvailable: cell('Fix Available'),
    exploitAvailable: cell('Exploit Available'), exploitabilityDetails: { lastKnownExploitAt: cell('Last Exploited At') }, inspectorScore: cell('Inspector Score'), epss: { score: cell('Epss Score') },
    resources: [{ id: cell('Resource ID'), type: cell('Resource Type'), region: cell('Region'), tags: cell('Resource Tags'), details: { ...imageOf(cell) } }],
    packageVulnerabilityDetails: { vulnerabilityId: cell('Vulnerability Id'), vulnerablePackages: packagesOf(cell), cvss: scoresOf(cell) },
    networkReachabilityDetails: { openPortRange: portsOf(cell('Port Range')), networkPath: { steps: parts(cell('Network Paths')).map((id) => ({ componentId: id })) } },
    codeVulnerabilityDetails: { detectorName: cell('Detector Name'), filePath: { filePath: cell('File Path') } },
  };
}

const parts = (text: string | undefined): readonly string[] => (text ?? '').split(',').map((part) => part.trim()).filter((part) => part !== '');

const imageOf = (cell: Cell): object => {
  const tags = parts(cell('Container Image Tags'));
  return tags.length === 0 ? {} : { awsEcrContainerImage: { imageTags: tags } };
};

/** What stands for each package is only taken where there are as many as packages. */
function packagesOf(cell: Cell): readonly unknown[] {
  const names = parts(cell('Affected Packages'));
  const each = (column: string): readonly (string | undefined)[] => {
    const found = parts(cell(column));
    return found.length === names.length ? found : [];
  };
  const versions = each('Package Installed Version'), fixes = each('Fixed in Version'), files = each('File Path');
  return names.map((name, i) => ({ name, version: versions[i], fixedInVersion: fixes[i], filePath: files[i] }));
}

const scoresOf = (cell: Cell): readonly unknown[] =>
  ['NVD CVSS3 Score', 'Vendor CVSS3 Score'].flatMap((column) => (Number(cell(column) ?? 0) > 0 ? [{ baseScore: cell(column) }] : []));

function portsOf(text: string | undefined): object | undefined {
  const m = /^(\d+)(?:\s*-\s*(\d+))?$/.exec(text?.trim() ?? '');
  return m === null ? undefined : { begin: m[1], end: m[2] ?? m[1] };
}
