import { instanceSchema, internetGatewaySchema, networkAclSchema, networkInterfaceSchema, routeTableSchema, securityGroupSchema, subnetSchema } from '#shared/model/aws.ts';
import { reader } from './lookup.ts';

export const readInstance = reader(instanceSchema);
export const readInterface = reader(networkInterfaceSchema);
export const readGateway = reader(internetGatewaySchema);
export const readNetworkAcl = reader(networkAclSchema);
export const readRouteTable = reader(routeTableSchema);
export const readSecurityGroup = reader(securityGroupSchema);
export const readSubnet = reader(subnetSchema);
