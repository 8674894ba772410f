/** A Security Hub finding about a bucket that the demo doesn't know. `id` undefined makes the record unreadable. */
function bucketFinding(id: string | undefined, bucket: string): object {
  const at = '2026-11-20T09:12:44.000Z';
  return {
    SchemaVersion: '2018-10-08', ...(id !== undefined && { Id: `arn:aws:securityhub:eu-central-1:111122223333:security-control/S3.2/finding/${id}` }), ProductArn: 'arn:aws:securityhub:eu-central-1::product/aws/securityhub', ProductName: 'Security Hub', CompanyName: 'AWS',
    Region: 'eu-central-1', GeneratorId: 'security-control/S3.2', AwsAccountId: '111122223333', Types: ['Software and Configuration Checks/AWS Security Best Practices'], FirstObservedAt: at, LastObservedAt: at, CreatedAt: at, UpdatedAt: at,
    Severity: { Label: 'CRITICAL', Normalized: 90, Original: 'CRITICAL' }, Title: 'S3 general purpose buckets should block public read access', Description: `Bucket ${bucket} lets everyone read.`,
    Resources: [{ Type: 'AwsS3Bucket', Id: `arn:aws:s3:::${bucket}`, Partition: 'aws', Region: 'eu-central-1' }], Compliance: { Status: 'FAILED', SecurityControlId: 'S3.2' }, Workflow: { Status: 'NEW' }, RecordState: 'ACTIVE',
  };
}

/** An export with one new finding about `bucket` and one record that can't be read. */
export const exportAbout = (bucket: string): string => JSON.stringify({ Findings: [bucketFinding('0b6f3c1e-5a6d-4a53-9c06-1d4a4d1f7e11', bucket), bucketFinding(undefined, bucket)] }, null, 2);
