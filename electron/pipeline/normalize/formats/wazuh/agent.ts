import { at, str } from '#shared/lib/json.ts';
import { awsEntity, isAccountId } from '../../aws-entity.ts';
import { principalEntity } from '../guardduty/resource.ts';
import { cloudSubject, hostSubject, userSubject, type Subject } from '../alerts/subject.ts';

/** The manager itself is agent 000; what it watches for others (a device's syslog, a cloud) is told by the record. */
export const isManager = (agent: unknown): boolean => str(agent, 'id') === '000';

/** The host of an agent: its name is the host's unless somebody renamed it; the id is a number that only this manager knows. */
export function agentSubject(record: unknown): Subject | undefined {
  const agent = at(record, 'agent'), host = at(record, 'host');
  return hostSubject({ names: [str(agent, 'name') ?? str(host, 'hostname') ?? str(host, 'name'), str(host, 'hostname')], addresses: [str(agent, 'ip'), str(agent, 'host', 'ip')], ids: [str(agent, 'id') === undefined ? undefined : `wazuh agent ${str(agent, 'id') ?? ''}`] });
}

/** What a record of AWS is about (`data.aws`): GuardDuty's and Inspector's resource, CloudTrail's user, else the account. */
export function awsSubject(aws: unknown): Subject | undefined {
  const account = [str(aws, 'accountId'), str(aws, 'aws_account_id'), str(aws, 'recipientAccountId'), str(aws, 'userIdentity', 'accountId')].find(isAccountId), region = str(aws, 'region') ?? str(aws, 'awsRegion'), scope = { account, region };
  const place = { ...(account !== undefined && { account }), ...(region !== undefined && { region }) };
  const instance = str(aws, 'resource', 'instanceDetails', 'instanceId'), bucket = str(aws, 'resource', 's3BucketDetails', 'name'), key = principalEntity(at(aws, 'resource', 'accessKeyDetails'), scope);
  if (instance !== undefined) return { ...awsEntity(instance, 'AWS::EC2::Instance', scope), ...place };
  if (bucket !== undefined) return { ...awsEntity(bucket, 'AWS::S3::Bucket', scope), ...place };
  if (key !== undefined) return { ...key, ...place };
  const arn = str(aws, 'userIdentity', 'sessionContext', 'sessionIssuer', 'arn') ?? str(aws, 'userIdentity', 'arn') ?? str(aws, 'resource', 'arn');
  if (arn?.startsWith('arn:') === true) return cloudSubject({ provider: 'aws', id: arn, type: undefined, scope });
  const user = str(aws, 'userIdentity', 'userName');
  if (user !== undefined && account !== undefined) return { ...awsEntity(user, 'AWS::IAM::User', scope), ...place };
  return account === undefined ? userSubject([user]) : { ...awsEntity(account, 'account', scope), ...place };
}
