import { isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import { parseTime } from '#shared/lib/time.ts';
import type { FindingDraft } from '#shared/model/finding.ts';
import type { VexStatement } from '#shared/model/vex.ts';
import type { Resource } from '#shared/model/resource.ts';
import type { Normalized, RecordContext, Sample } from '../../ports.ts';
import { vulnerabilityFindings, type Subject } from './cyclonedx/vulnerability-findings.ts';
import type { Importer } from './importer.ts';

/** CycloneDX 1.2 to 1.6 in JSON: what an image or application is made of, what its supplier says of vulnerabilities (VEX), and what a scanner found in it. */
export const cyclonedx: Importer = {
  name: 'cyclonedx', kind: 'resources',
  description: 'CycloneDX (JSON): components and vulnerabilities of an image or application, VEX statements',
  containers: [{ kind: 'json' }],
  detect: ({ document }: Sample) => (isObject(document) && document['bomFormat'] === 'CycloneDX' ? 96 : 0),
  parse,
};

const maxComponents = 50_000;
/** States of an analysis in the words of VEX (CycloneDX, impact analysis states). */
const states: ReadonlyMap<string, VexStatement['state']> = new Map([['not_affected', 'not_affected'], ['false_positive', 'not_affected'], ['resolved', 'fixed'], ['resolved_with_pedigree', 'fixed'], ['exploitable', 'affected'], ['in_triage', 'under_investigation']]);

function parse(record: unknown, context: RecordContext): Result<Normalized> {
  if (!isObject(record)) return err('not a JSON object');
  if (record['bomFormat'] !== 'CycloneDX') return err('bomFormat is not CycloneDX');
  const subject = isObject(record['metadata']) && isObject(record['metadata']['component']) ? record['metadata']['component'] : undefined;
  // What a scanner found is kept even where nothing says in what: the file stands for it, as for other scanners.
  const name = str(subject, 'name') ?? str(record, 'serialNumber') ?? (list(record, 'vulnerabilities').length > 0 ? context.path : undefined);
  if (name === undefined) return err('neither metadata.component.name nor serialNumber is given: it does not say what it is about');
  const version = str(subject, 'version'), purl = str(subject, 'purl');
  const components = flatten(record['components'], 0).slice(0, maxComponents);
  const urn = purl ?? `cyclonedx:${name}${version === undefined ? '' : `@${version}`}`;
  const captured = parseTime(str(record, 'metadata', 'timestamp'));
  const resource: Resource = {
    urn, type: `CycloneDX::${str(subject, 'type') ?? 'bom'}`, kind: str(subject, 'type') === 'container' ? 'image' : 'other', name, aliases: aliasesOf(subject, name, version, str(record, 'serialNumber')).filter((a) => a !== urn), tags: {}, deleted: false,
    config: { component: { name, version: version ?? null, purl: purl ?? null }, components: components.map(({ name: n, version: v, purl: p }) => ({ name: n, version: v ?? null, purl: p ?? null })), vex: statements(record, subject, components) },
    source: 'cyclonedx', provenance: 'observed', ...(captured !== undefined && { captured_us: captured }),
  };
  return ok({ resources: [resource], edges: [], findings: findingsOf(record, subject, resource, components) });
}

/** The findings are about the resource; those of an image by its reference, as scanners of images name it. */
function findingsOf(record: JsonObject, subject: unknown, resource: Resource, components: readonly Component[]): readonly FindingDraft[] {
  const byRef = refsOf(components), own = ownRefs(subject), reference = resource.kind === 'image' ? imageReference(str(subject, 'name'), str(subject, 'version')) : undefined;
  const type = str(subject, 'type'), entity = reference ?? resource.urn;
  const about: Subject = {
    entity, entity_type: type === 'container' ? 'image' : type === 'application' || type === 'file' ? type : 'other', aliases: [resource.urn, ...resource.aliases].filter((a) => a !== entity), captured: str(record, 'metadata', 'timestamp'),
    componentOf: (ref) => byRef.get(localRef(ref)) ?? byRef.get(decode(localRef(ref))), isSubject: (ref) => own.has(localRef(ref)) || own.has(decode(localRef(ref))),
  };
  return list(record, 'vulnerabilities').flatMap((v) => vulnerabilityFindings(v, about, states.get(str(v, 'analysis', 'state') ?? '')));
}

/** A name may carry its tag already (Trivy); Syft has tag or digest as the version. */
function imageReference(name: string | undefined, version: string | undefined): string | undefined {
  const isTagged = name !== undefined && /[:@][^/]+$/.test(name);
  return name === undefined || version === undefined || isTagged ? name : joined(name, version);
}

const refsOf = (components: readonly Component[]): ReadonlyMap<string | undefined, Component> => new Map(components.flatMap((c) => [[c.ref, c] as const, [c.purl, c] as const]));
const ownRefs = (subject: unknown): ReadonlySet<string | undefined> => new Set([str(subject, 'bom-ref'), str(subject, 'purl')]);
/** BOM-Link references (`urn:cdx:…#ref`) end with the component's own. */
const localRef = (ref: string): string => ref.slice(ref.indexOf('#') + 1);

interface Component { readonly ref: string | undefined; readonly name: string; readonly version: string | undefined; readonly purl: string | undefined }
function flatten(value: unknown, depth: number): readonly Component[] {
  if (depth > 20) return [];
  return list(value).flatMap((c): readonly Component[] => {
    const name = str(c, 'name');
    const group = str(c, 'group');
    return [...(name === undefined ? [] : [{ ref: str(c, 'bom-ref'), name: group === undefined ? name : `${group}/${name}`, version: str(c, 'version'), purl: str(c, 'purl') }]), ...flatten(isObject(c) ? c['components'] : undefined, depth + 1)];
  });
}

const joined = (name: string, version: string): string => (version.startsWith('sha256:') ? `${name}@${version}` : `${name}:${version}`);

/** References under which an image is known: its name with tag or digest, and what Trivy and Syft note of it. */
function aliasesOf(subject: unknown, name: string, version: string | undefined, serial: string | undefined): readonly string[] {
  const noted = list(subject, 'properties').flatMap((p) => (/:(RepoTag|RepoDigest|ImageID)$|^syft:image:(tag|digest|name)/i.test(str(p, 'name') ?? '') ? [str(p, 'value')] : []));
  const whole = version === undefined ? undefined : joined(name, version);
  // A bare application name may be anything; an image's has a registry or tag in it.
  return [...new Set([whole, ...noted, serial, ...(/[/:]/.test(name) ? [name] : [])])].filter((a) => a !== undefined).sort();
}

function statements(record: JsonObject, subject: unknown, components: readonly Component[]): readonly VexStatement[] {
  const byRef = refsOf(components), own = ownRefs(subject);
  return list(record, 'vulnerabilities').flatMap((v, index): readonly VexStatement[] => {
    const id = str(v, 'id'), state = states.get(str(v, 'analysis', 'state') ?? '');
    if (id === undefined || state === undefined) return [];
    const refs = list(v, 'affects').flatMap((a) => str(a, 'ref') ?? []);
    const others = list(v, 'references').flatMap((r) => str(r, 'id') ?? []);
    const base = { ids: [...new Set([id, ...others])], state, justification: str(v, 'analysis', 'justification') ?? null, pointer: `/vulnerabilities/${index}/analysis` };
    // Without `affects` it is about the whole.
    if (refs.length === 0) return [{ ...base, package: null, version: null }];
    return refs.map((ref) => { const local = localRef(ref), found = byRef.get(ref) ?? byRef.get(decode(local)); return found && !own.has(ref) ? { ...base, package: found.name, version: found.version ?? null } : { ...base, package: own.has(ref) || own.has(decode(local)) ? null : ref, version: null }; });
  });
}

const decode = (text: string): string => { try { return decodeURIComponent(text); } catch { return text; /* not encoded: taken as it is */ } };
