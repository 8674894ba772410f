import type { NodeKind } from '#shared/model/resource.ts';

const kinds: readonly (readonly [RegExp, NodeKind])[] = [
  [/^microsoft\.compute\/virtualmachines(calesets)?$/, 'vm'], [/^microsoft\.compute\/(images|galleries.*)$/, 'image'], [/^microsoft\.network\/networkinterfaces$/, 'eni'], [/^microsoft\.network\/(networksecuritygroups(\/securityrules)?|applicationsecuritygroups)$/, 'sg'],
  [/^microsoft\.network\/virtualnetworks$/, 'vpc'], [/^microsoft\.network\/virtualnetworks\/subnets$/, 'subnet'], [/^microsoft\.network\/(loadbalancers|applicationgateways|frontdoors)$/, 'lb'], [/^microsoft\.network\/routetables$/, 'route_table'],
  [/^microsoft\.network\/(natgateways|virtualnetworkgateways|azurefirewalls|expressroute.*)$/, 'gateway'], [/^microsoft\.network\/(publicipaddresses|privateendpoints)$/, 'endpoint'], [/^microsoft\.storage\/storageaccounts(\/blobservices\/containers)?$/, 'bucket'],
  [/^microsoft\.keyvault\//, 'secret_key'], [/^microsoft\.(sql\/servers|dbfor\w+\/(flexible)?servers|documentdb\/databaseaccounts|cache\/redis|sql\/managedinstances)(\/databases)?$/, 'database'], [/^microsoft\.web\/sites$/, 'function'], [/^microsoft\.logic\/workflows$/, 'function'],
  [/^microsoft\.(containerservice\/managedclusters|search\/searchservices|cognitiveservices\/accounts)$/, 'endpoint'], [/^microsoft\.(app\/containerapps|containerinstance\/containergroups)$/, 'container_workload'], [/^microsoft\.containerregistry\/registries$/, 'image'], [/^microsoft\.(servicebus|eventhub)\/namespaces/, 'queue_topic'],
  [/^microsoft\.automation\/automationaccounts$/, 'container_workload'], [/^microsoft\.(managedidentity\/userassignedidentities|graph\/(users|groups|serviceprincipals|principals))$/, 'identity'], [/^microsoft\.(authorization|graph)\//, 'policy'], [/^microsoft\.network\/networkmanagers/, 'policy'],
  [/^microsoft\.resources\/subscriptions$/, 'account'], [/^microsoft\.(resources\/resourcegroups|management\/managementgroups)$/, 'org_unit'],
];

/** The node kind of an Azure type; `other` for one that the graph has no word for. */
export const kindOfAzure = (type: string): NodeKind => { const lower = type.toLowerCase(); return kinds.find(([pattern]) => pattern.test(lower))?.[1] ?? 'other'; };
