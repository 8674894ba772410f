import { err, ok, type Result } from '#shared/lib/result.ts';
import { loopback } from '../pace/stand-in.ts';

/** Where one of Microsoft's clouds is spoken to (Azure documentation, "National clouds"; Microsoft Graph, "National cloud deployments"). */
export interface AzureCloud { readonly arm: string; readonly graph: string; readonly authority: string }

const clouds: Readonly<Record<string, AzureCloud>> = {
  public: { arm: 'https://management.azure.com', graph: 'https://graph.microsoft.com', authority: 'https://login.microsoftonline.com' },
  usgov: { arm: 'https://management.usgovcloudapi.net', graph: 'https://graph.microsoft.us', authority: 'https://login.microsoftonline.us' },
  china: { arm: 'https://management.chinacloudapi.cn', graph: 'https://microsoftgraph.chinacloudapi.cn', authority: 'https://login.chinacloudapi.cn' },
};

/** The cloud of that name, or a stand-in for the public one on this machine: its paths begin with the host that they stand in for. */
export function azureCloud(name: string, standIn?: string): Result<AzureCloud> {
  const cloud = clouds[name];
  if (!cloud || !Object.hasOwn(clouds, name)) return err(`no cloud "${name}": ${Object.keys(clouds).join(', ')}`);
  if (standIn === undefined) return ok(cloud);
  const base = loopback(standIn);
  return base === undefined ? err('a stand-in for Azure has to be on this machine: http://127.0.0.1:PORT') : ok({ arm: `${base}/management.azure.com`, graph: `${base}/graph.microsoft.com`, authority: cloud.authority });
}
