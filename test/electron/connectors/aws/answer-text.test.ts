import { expect, it } from 'vitest';
import { answerText } from '#electron/connectors/aws/answer-text.ts';

it('writes dates and bytes as the AWS CLI does, and leaves out what people put in', () => {
  const answer = {
    At: new Date(0), Bytes: new Uint8Array([1, 2]), Data: Buffer.from('x'), Config: { Environment: { Variables: { KEY: 'hunter1' } } }, Origins: [{ HeaderName: 'X-Secret', HeaderValue: 'hunter2' }],
    Tunnels: [{ PreSharedKey: 'hunter3' }], CustomerGatewayConfiguration: '<key>hunter4</key>', containers: [{ environment: [{ name: 'K', value: 'hunter5' }] }], Listed: [new Date(1), [2]],
  };
  expect(JSON.parse(answerText(answer))).toEqual({
    At: '1970-01-01T00:00:00.000Z', Bytes: 'AQI=', Data: 'eA==', Config: { Environment: { Variables: { KEY: null } } }, Origins: [{ HeaderName: 'X-Secret', HeaderValue: null }],
    Tunnels: [{ PreSharedKey: null }], CustomerGatewayConfiguration: null, containers: [{ environment: [{ name: 'K' }] }], Listed: ['1970-01-01T00:00:00.001Z', [2]],
  });
});
