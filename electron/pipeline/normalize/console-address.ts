/** Short ids of EC2's and VPC's resources, as consoles carry them behind `instanceId=`, `#SecurityGroup:groupId=` and others. */
const shortId = /[=/:]((?:i|sg|vpc|subnet|vol|eni|snap|ami|acl|rtb|igw|nat)-[0-9a-f]{8,17})\b/;

/**
 * The resource that a page of a cloud's console shows, as some exports carry no other id: an ARN, a short EC2 id or a resource's name in AWS, a resource id in
 * Azure, a full resource name in Google Cloud; undefined for other addresses and for pages that show no single resource.
 * @param account the account of an AWS resource whose page doesn't tell it (IAM's, Lambda's).
 */
export function resourceOfConsole(address: string, account?: string): string | undefined {
  if (address.length > 2048 || !address.startsWith('https://')) return undefined;
  if (/^https:\/\/portal\.azure\.\w+\//.test(address)) return /\/resource\/?(\/subscriptions\/[^?#]+)/i.exec(address)?.[1]?.replace(/\/(?:overview|users)$/, '');
  if (address.startsWith('https://console.cloud.google.com/')) return inGoogle(address);
  return /^https:\/\/[\w.-]*console\.(?:aws\.amazon|amazonaws(?:-us-gov)?)\./.test(address) ? inAws(address, account) : undefined;
}

function inAws(address: string, account: string | undefined): string | undefined {
  const whole = /\b(arn(?::|%3A)aws[\w:%./+=,@-]+)/i.exec(address)?.[1];
  const arn = whole === undefined ? undefined : decoded(whole);
  if (arn?.startsWith('arn:')) return arn;
  const short = shortId.exec(address)?.[1];
  if (short !== undefined) return short;
  const partition = /\.amazonaws\.cn\//.test(address) ? 'aws-cn' : address.includes('.amazonaws-us-gov.com/') ? 'aws-us-gov' : 'aws';
  const bucket = /\/s3\/(?:buckets|home\/bucket)\/([a-z0-9.-]+)/.exec(address)?.[1];
  if (bucket !== undefined) return `arn:${partition}:s3:::${bucket}`;
  if (account === undefined || !/^\d{12}$/.test(account)) return undefined;
  const identity = /\/iam\w*\/home\S*#\/(user|role|group)s\/(?:details\/)?([\w+=,.@-]+)/.exec(address);
  if (identity !== null) return `arn:${partition}:iam::${account}:${identity[1] ?? ''}/${identity[2] ?? ''}`;
  const region = /[?&]region=([a-z]{2}(?:-[a-z]+)+-\d)\b/.exec(address)?.[1];
  const lambda = /\/lambda\/home\S*#\/functions\/([\w-]+)/.exec(address)?.[1];
  return region === undefined || lambda === undefined ? undefined : `arn:${partition}:lambda:${region}:${account}:function:${lambda}`;
}

function decoded(text: string): string | undefined {
  try { return decodeURIComponent(text); } catch { return undefined; }
}

function inGoogle(address: string): string | undefined {
  const bucket = /\/storage\/browser\/(?:_details\/)?([a-z0-9._-]+)/.exec(address)?.[1];
  if (bucket !== undefined) return `//storage.googleapis.com/${bucket}`;
  const project = /[?&]project=([\w:.-]+)/.exec(address)?.[1];
  if (project === undefined) return undefined;
  const instance = /\/compute\/instancesDetail\/zones\/([\w-]+)\/instances\/([\w-]+)/.exec(address);
  if (instance !== null) return `//compute.googleapis.com/projects/${project}/zones/${instance[1] ?? ''}/instances/${instance[2] ?? ''}`;
  const firewall = /\/firewalls\/details\/([\w-]+)/.exec(address)?.[1];
  if (firewall !== undefined) return `//compute.googleapis.com/projects/${project}/global/firewalls/${firewall}`;
  const cluster = /\/kubernetes\/clusters\/details\/([\w-]+)\/([\w-]+)/.exec(address);
  if (cluster !== null) return `//container.googleapis.com/projects/${project}/${/-[a-z]$/.test(cluster[1] ?? '') ? 'zones' : 'locations'}/${cluster[1] ?? ''}/clusters/${cluster[2] ?? ''}`;
  const database = /\/sql\/instances\/([\w-]+)/.exec(address)?.[1];
  return database === undefined ? undefined : `//cloudsql.googleapis.com/projects/${project}/instances/${database}`;
}
