import { isObject, str, type JsonObject } from '#shared/lib/json.ts';

/**
 * An answer that doesn't say what it is about, in an envelope that does: `{"Call": "kms get-key-policy", "Subject": "arn:…", "Answer": {…}}`. Live
 * pulls write them, one a line, for calls that are made once a resource.
 * @param path of the file: its folder says account and region.
 * @returns the answer, and the path that it would have in a dump of one file an answer (cli-path.ts). Undefined when it is no envelope.
 */
export function openEnvelope(record: JsonObject, path: string): { readonly answer: JsonObject; readonly path: string } | undefined {
  const call = str(record, 'Call'), subject = str(record, 'Subject'), answer = record['Answer'];
  if (call === undefined || subject === undefined || !isObject(answer) || !/^[a-z0-9]+ [a-z0-9-]+$/.test(call)) return undefined;
  const folder = path.replaceAll('\\', '/').split('/').slice(0, -1).join('/');
  return { answer, path: `${folder}/${call.replace(' ', '-')}/${encodeURIComponent(subject)}` };
}
