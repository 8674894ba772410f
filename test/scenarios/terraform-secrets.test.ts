import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { inTempFolder } from './winnow.ts';
import { ingest, rows } from './workspace.ts';

type Values = Readonly<Record<string, unknown>>;
let planted = 0;
/** A value that must not be found again; each is another one. */
const s = (): string => `PLANTED-${++planted}-x`;
const subscription = '/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/g/providers';

/** Each type with values that hold secrets, and of some the paths that a provider marks. */
const estate = (): readonly (readonly [type: string, values: Values, marked?: Values])[] => [
  ['aws_instance', { id: 'i-1', arn: 'arn:aws:ec2:eu-central-1:111122223333:instance/i-1', user_data: s(), user_data_base64: s(), custom: s(), tags: { Name: 'kept-host' } }, { custom: true }],
  ['aws_db_instance', { id: 'db', identifier: 'kept-db', password: s(), address: 'db.acme.test', port: 5432 }], ['aws_ssm_parameter', { id: '/p', name: '/kept-parameter', value: s(), insecure_value: s() }], ['aws_secretsmanager_secret_version', { secret_string: s(), secret_binary: s(), secret_id: 'kept-secret-id' }],
  ['aws_lambda_function', { id: 'f', function_name: 'kept-function', environment: [{ variables: { KEPT_NAME: s() } }] }], ['aws_ecs_task_definition', { id: 't', family: 'kept-task', container_definitions: JSON.stringify([{ name: 'kept-container', environment: [{ name: 'DB', value: s() }], command: ['run', s()] }]) }],
  ['aws_codebuild_project', { id: 'c', name: 'kept-build', environment: [{ environment_variable: [{ name: 'T', value: s(), type: 'PLAINTEXT' }] }] }], ['aws_iam_access_key', { id: 'AKIAX', user: 'kept-user', secret: s(), ses_smtp_password_v4: s() }], ['aws_vpn_connection', { id: 'vpn-1', tunnel1_preshared_key: s() }],
  ['aws_elasticache_replication_group', { id: 'r', auth_token: s(), notes: `redis://:${s()}@cache:6379` }], ['aws_launch_template', { id: 'lt-1', name: 'kept-template', user_data: s() }], ['aws_appsync_api_key', { key: s() }], ['aws_acm_certificate', { arn: 'arn:aws:acm:eu-central-1:111122223333:certificate/1', private_key: s() }], ['aws_glue_job', { id: 'j', name: 'kept-job', default_arguments: { '--password': s() } }],
  ['aws_lambda_invocation', { function_name: 'kept-invoked', input: `{"db":"${s()}"}`, result: s() }], ['aws_amplify_app', { name: 'kept-amplify', build_spec: `env: ${s()}` }], ['aws_imagebuilder_component', { name: 'kept-component', data: `echo ${s()}` }], ['aws_sfn_state_machine', { name: 'kept-machine', definition: `{"States":{"a":{"Parameters":{"x":"${s()}"}}}}` }],
  ['aws_cloudfront_distribution', { id: 'E1', origin: [{ domain_name: 'kept.example', custom_header: [{ name: 'X-Auth', value: s() }] }] }], ['aws_cloudformation_stack', { id: 'st', name: 'kept-stack', parameters: { Db: s() }, outputs: { A: s() } }], ['aws_apprunner_service', { service_name: 'kept-runner', source_configuration: [{ image_repository: [{ image_configuration: [{ runtime_environment_variables: { A: s() } }] }] }] }],
  ['google_secret_manager_secret_version', { secret_data: s(), secret: 'projects/acme/secrets/kept-ref' }], ['google_container_cluster', { name: 'kept-cluster', location: 'l', project: 'acme', master_auth: [{ client_key: s(), password: s() }] }], ['google_sql_user', { name: 'kept-sql-user', password: s() }], ['google_service_account_key', { name: 'kept-key', private_key: s() }],
  ['google_compute_instance', { name: 'kept-vm', zone: 'europe-west1-b', project: 'acme', metadata_startup_script: s(), metadata: { 'startup-script': s(), 'any-key': s(), 'enable-oslogin': 'TRUE' } }], ['google_compute_instance_template', { name: 'kept-tpl', metadata: { 'user-data': s() } }], ['google_cloud_run_v2_service', { name: 'kept-run', location: 'l', project: 'acme', template: [{ containers: [{ env: [{ name: 'KEPT_ENV', value: s() }] }] }] }],
  ['google_cloudfunctions2_function', { name: 'kept-fn', location: 'l', project: 'acme', service_config: [{ environment_variables: { KEPT_VARIABLE: s() } }], build_config: [{ environment_variables: { B: s() } }] }], ['google_cloudfunctions_function', { name: 'kept-fn1', region: 'l', project: 'acme', environment_variables: { A: s() }, build_environment_variables: { B: s() } }], ['google_storage_hmac_key', { secret: s() }], ['google_compute_ssl_certificate', { name: 'kept-cert', certificate: `-----BEGIN RSA PRIVATE KEY-----${s()}`, private_key: s() }], ['google_vpn_x', { shared_secret: s() }],
  ['azurerm_key_vault_secret', { name: 'kept-vault-secret', value: s() }], ['azurerm_kubernetes_cluster', { id: `${subscription}/Microsoft.ContainerService/managedClusters/kept-aks`, name: 'kept-aks', kube_config_raw: s(), kube_config: [{ client_key: s(), password: s(), host: 'h' }], kube_admin_config: [{ client_key: s() }], odd: [{ deep: s() }] }, { odd: [{ deep: true }] }],
  ['azurerm_cosmosdb_account', { id: `${subscription}/Microsoft.DocumentDB/databaseAccounts/kept-cosmos`, name: 'kept-cosmos', primary_key: s(), secondary_readonly_key: s(), connection_strings: [s()], primary_sql_connection_string: s() }], ['azurerm_storage_account', { id: `${subscription}/Microsoft.Storage/storageAccounts/keptfiles`, name: 'keptfiles', primary_access_key: s(), primary_blob_connection_string: `AccountKey=${s()}` }],
  ['azurerm_virtual_machine_extension', { name: 'kept-extension', protected_settings: `{"k":"${s()}"}`, settings: `{"commandToExecute":"${s()}"}` }], ['azurerm_linux_virtual_machine', { id: `${subscription}/Microsoft.Compute/virtualMachines/kept-avm`, name: 'kept-avm', admin_password: s(), custom_data: s(), user_data: s() }],
  ['azurerm_linux_function_app', { id: `${subscription}/Microsoft.Web/sites/kept-app`, name: 'kept-app', app_settings: { KEPT_SETTING: s() }, connection_string: [{ name: 'db', type: 'SQLAzure', value: s() }], site_credential: [{ name: 'u', password: s() }], storage_account_access_key: s(), site_config: [{ application_insights_key: s() }] }],
  ['azurerm_container_group', { name: 'kept-group', container: [{ name: 'c', environment_variables: { A: s() }, secure_environment_variables: { B: s() } }] }], ['azurerm_container_app', { name: 'kept-capp', secret: [{ name: 'kept-app-secret', value: s() }], template: [{ container: [{ env: [{ name: 'E', value: s() }] }] }] }], ['azurerm_eventhub_authorization_rule', { name: 'kept-rule', primary_key: s(), primary_connection_string: s() }], ['azurerm_mssql_server', { id: `${subscription}/Microsoft.Sql/servers/kept-sql`, name: 'kept-sql', administrator_login_password: s() }],
  ['azurerm_key_vault_certificate', { name: 'kept-vc', certificate: [{ contents: s(), password: s() }] }], ['azurerm_app_service_certificate', { name: 'kept-pfx', pfx_blob: s() }], ['azurerm_application_insights', { name: 'kept-ai', instrumentation_key: s() }], ['azurerm_container_registry', { id: `${subscription}/Microsoft.ContainerRegistry/registries/keptacr`, name: 'keptacr', admin_password: s() }],
  ['kubernetes_secret', { id: 'default/kept-k', metadata: [{ name: 'kept-k', namespace: 'default', annotations: { a: s() } }], data: { token: s(), name: s() }, type: 'Opaque' }], ['kubernetes_secret_v1', { id: 'default/kept-k1', binary_data: { a: s() } }], ['kubernetes_config_map', { id: 'default/kept-cm', data: { a: s() } }], ['kubernetes_deployment', { id: 'default/kept-d', spec: [{ template: [{ spec: [{ container: [{ env: [{ name: 'A', value: s() }], args: [s()] }] }] }] }] }], ['kubernetes_manifest', { manifest: { kind: 'Secret', stringData: { a: s() } } }],
  ['helm_release', { id: 'kept-release', values: [s()], set_sensitive: [{ name: 'a', value: s() }] }], ['random_password', { id: 'none', result: s(), bcrypt_hash: s() }], ['tls_private_key', { id: 'abc', private_key_pem: s() }], ['terraform_data', { id: 'x', input: { value: s() } }], ['vault_generic_secret', { id: 'kept/path', data_json: s() }],
];

/** `sensitive_attributes`: paths of steps, where the marks say true. */
const pathsOf = (marks: unknown, path: readonly unknown[] = []): readonly unknown[] => (marks === true ? [path] : typeof marks === 'object' && marks !== null
  ? Object.entries(marks).flatMap(([key, inner]) => pathsOf(inner, [...path, Array.isArray(marks) ? { type: 'index', value: { value: Number(key), type: 'number' } } : { type: 'get_attr', value: key }])) : []);

const outputs = () => ({ o: { value: s(), type: 'string', sensitive: true }, p: { value: { a: [s()] }, type: ['object', {}] } });
const checks = () => [{ object_kind: 'resource', status: 'fail', objects: [{ status: 'fail', failure_messages: [`"${s()}" is no name`] }], instances: [{ status: 'fail', problems: [{ message: s() }] }] }];
const shown = () => estate().map(([type, values, marked = {}], i) => ({ address: `${type}.r${i}`, mode: 'managed', type, name: `r${i}`, values, sensitive_values: marked }));
const forms: Readonly<Record<string, () => unknown>> = {
  'terraform.tfstate': () => ({ version: 4, terraform_version: '1.9.5', serial: 1, lineage: 'x', outputs: outputs(), check_results: checks(), resources: estate().map(([type, attributes, marked], i) => ({ mode: 'managed', type, name: `r${i}`, provider: 'p', instances: [{ schema_version: 0, attributes, sensitive_attributes: pathsOf(marked), private: s() }] })) }),
  'state.json': () => ({ format_version: '1.0', terraform_version: '1.9.5', checks: checks(), values: { outputs: outputs(), root_module: { resources: shown(), child_modules: [{ address: 'module.m', resources: shown().map((r) => ({ ...r, address: `module.m.${r.address}` })) }] } } }),
  'plan.json': () => ({
    format_version: '1.2', terraform_version: '1.9.5', checks: checks(), variables: { some: { value: s() }, subscription: { value: '11111111-2222-3333-4444-555555555555' } }, planned_values: { outputs: outputs(), root_module: { resources: shown() } }, prior_state: { format_version: '1.0', values: { outputs: outputs(), root_module: { resources: shown() } } },
    resource_changes: shown().map(({ values, sensitive_values: marks, ...r }) => ({ ...r, change: { actions: ['update'], before: values, before_sensitive: marks, after: values, after_unknown: {}, after_sensitive: marks } })), resource_drift: shown().map(({ values, sensitive_values: marks, ...r }) => ({ ...r, change: { actions: ['update'], before: values, before_sensitive: marks, after: values, after_sensitive: marks } })),
    output_changes: { o: { actions: ['create'], before: s(), after: s() } }, configuration: { provider_config: { azurerm: { name: 'azurerm', expressions: { subscription_id: { references: ['var.subscription'] }, client_secret: { constant_value: s() } } }, vault: { name: 'vault', expressions: { token: { constant_value: s() } } } },
      root_module: { variables: { some: { default: s() } }, module_calls: { m: { expressions: { odd: { constant_value: s() } }, module: { outputs: { o: { expression: { constant_value: s() } } }, resources: [{ address: 'aws_db_instance.x', type: 'aws_db_instance', name: 'x', expressions: { password: { constant_value: s() } } }] } } } } },
  }),
};

describe('secrets in Terraform', () => {
  it.each(Object.keys(forms))('keeps no secret of %s, in no table and no raw record', (name) => inTempFolder(async (dir) => {
    const file = join(dir, name), workspace = join(dir, 'w.db');
    writeFileSync(file, JSON.stringify(forms[name]?.()));
    expect(readFileSync(file, 'utf8').match(/PLANTED-\d+-x/g)?.length).toBeGreaterThan(80);
    const report = await ingest(workspace, file);
    expect(report.files[0]).toMatchObject({ format: 'terraform', quarantined: [] });
    const raw = rows(workspace, 'SELECT context, data FROM raw_records').flatMap((row) => [row['context'], row['data']]).map((bytes) => zstdDecompressSync(bytes as Buffer).toString());
    const stored = readdirSync(dir).filter((f) => f.startsWith('w.db')).map((f) => readFileSync(join(dir, f)).toString('latin1'));
    const all = [...raw, ...stored].join('\n');
    expect([...new Set(all.match(/PLANTED-\d+-x/g))]).toEqual([]);
    // Names and what is no secret are still there.
    for (const text of ['kept-host', 'kept-function', 'KEPT_NAME', 'kept-vm', 'KEPT_ENV', 'KEPT_VARIABLE', 'enable-oslogin', 'kept-aks', 'KEPT_SETTING', 'kept-db', 'db.acme.test', 'kept-container']) expect(all).toContain(text);
  }), 120_000);
});
