/** Words for what is secret, as whole words at the end of an attribute's name in snake_case. */
const words = /(^|_)(passw(or)?d|passphrase|pass|pwd|psk|secret(_(value|string|binary|data|key|text|base64))?|token|credentials?|connection_strings?|sas(_url|_uri|_definition)?|private_key(_\w+)?|user_data(_base64)?|custom_data|build_?spec|\w*startup_script|shutdown_script|protected_settings(_\w+)?|sensitive_(content|value)|secure_\w+|ses_smtp_password_v4|plaintext|plain_text|certificate_body|content(_base64)?|key_material|kube_(admin_)?config(_raw)?|pfx_blob|pkcs12|certificate_p12|site_credential|publishing_profile|auth_(config|code|header)|webhook_(url|uri)|service_uri|oauth|login_banner|plaintext_value|encrypted_(value|secret|password|private_key)|commands?|script|template_body|parameters(_content|_body)?|default_arguments|non_overridable_arguments|output_content|response_body)(_wo)?$/;
/** Keys that open something; keys that encrypt, partition or tag name a resource or a column. */
const keys = /(^|_)(api|access|secret|client|preshared|pre_shared|shared|account|storage|primary|secondary|master|signing|host|function|instrumentation|license|registration|management|readonly|insights|integration|application|app|service|deploy|join|hmac|server|ssl|tls|rsa|webhook|auth|encrypted|wrapped|decrypted|private|account_access|bot|query|admin)_?key(_wo|_base64|_pem)?$/;
/** Lists of them, such as those of a function's host. */
const several = /(^|_)(passwords|secrets|tokens|access_keys|api_keys|host_keys)$/;

/** `clientKey`, `client-key` and `client_key` are one name. */
export const snake = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/[-. ]/g, '_').toLowerCase();
/** Is an attribute secret by its name? */
export const isSecretName = (name: string): boolean => { const text = snake(name); return words.test(text) || keys.test(text) || several.test(text); };

/** Maps and lists of settings whose names are kept and whose values are not, as anything may be put there. */
export const isSettings = (name: string): boolean => /^(\w+_)?(env|environment|environment_variables?|env_variables|env_vars|variables|app_settings|settings_map|all_settings|setting|custom_header|headers|connection_string|secret|parameter|triggers|build_args|sticky_settings|dapr_metadata|http_headers)$/.test(snake(name));

/** Types whose very content is secret: what holds it in them goes. */
const holders: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^aws_ssm_parameter$/, ['value', 'insecure_value']], [/^aws_appsync_api_key$/, ['key']], [/^aws_lambda_invocation$/, ['input', 'result']], [/^aws_imagebuilder_component$/, ['data']], [/^aws_sfn_state_machine$/, ['definition']], [/^aws_api_gateway_api_key$/, ['value']], [/^aws_s3_(bucket_)?object(_copy)?$/, ['content']], [/^aws_kms_ciphertext$/, ['context', 'ciphertext_blob']],
  [/^azurerm_(key_vault_secret|key_vault_secrets|app_configuration_key|api_management_named_value|automation_variable_\w+)$/, ['value', 'secrets']], [/^azurerm_key_vault_certificate/, ['certificate', 'contents', 'pem', 'key']], [/^azurerm_virtual_machine(_scale_set)?_extension$/, ['settings']], [/^azurerm_\w*certificate$/, ['data', 'pfx', 'password', 'blob']],
  [/^google_compute_project_metadata(_item)?$/, ['value', 'metadata']], [/^google_(runtimeconfig_variable|parameter_manager_\w+)$/, ['value', 'text', 'parameter_data']], [/^google_kms_secret/, ['ciphertext', 'plaintext']],
];
export const isSecretOf = (type: string, name: string): boolean => holders.some(([pattern, names]) => pattern.test(type) && names.includes(name));
