import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

/** X.509 certificates for tests, written byte by byte (ITU-T X.690, RFC 5280): Node reads them and can't make them. */
const der = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts);
  const n = body.byteLength;
  const length = n < 128 ? [n] : n < 256 ? [0x81, n] : [0x82, n >> 8, n & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};
const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
const oid = (...bytes: readonly number[]): Buffer => der(0x06, Buffer.from(bytes));
const ecdsaSha256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
const name = (cn: string): Buffer => sequence(der(0x31, sequence(oid(0x55, 0x04, 0x03), der(0x0c, Buffer.from(cn)))));
const time = (text: string): Buffer => der(0x18, Buffer.from(text));
const extension = (id: readonly number[], value: Uint8Array): Buffer => sequence(oid(...id), der(0x01, Buffer.from([0xff])), der(0x04, value));

export interface Made { readonly cert: string; readonly key: string; readonly keyObject: KeyObject; readonly cn: string }
let serial = 1;

/** A certificate for 127.0.0.1 and localhost; signed by itself, or by `issuer`. An issuer is a certificate authority. */
export function makeCertificate(cn: string, issuer?: Made): Made {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const san = sequence(der(0x82, Buffer.from('localhost')), der(0x87, Buffer.from([127, 0, 0, 1])));
  const basic = sequence(...(issuer ? [] : [der(0x01, Buffer.from([0xff]))]));
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))), der(0x02, Buffer.from([serial++])), ecdsaSha256, name(issuer?.cn ?? cn), sequence(time('20200101000000Z'), time('20500101000000Z')), name(cn),
    publicKey.export({ type: 'spki', format: 'der' }), der(0xa3, sequence(extension([0x55, 0x1d, 0x13], basic), extension([0x55, 0x1d, 0x11], san))),
  );
  const signature = sign('sha256', body, issuer?.keyObject ?? privateKey);
  const whole = sequence(body, ecdsaSha256, der(0x03, Buffer.from([0]), signature));
  return { cn, keyObject: privateKey, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), cert: `-----BEGIN CERTIFICATE-----\n${whole.toString('base64').replaceAll(/(.{64})/g, '$1\n').trimEnd()}\n-----END CERTIFICATE-----\n` };
}
