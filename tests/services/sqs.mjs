// An SQS server (fauxqs) on 127.0.0.1 that also checks Signature Version 4, by AWS's own code. `node sqs.mjs PORT`, with
// AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. For tests, POST /test/advance/MS lets its time go by, /test/down/MS makes
// it unreachable for a while (what it holds stays), and /test/waiting tells how many requests wait for messages.
import {createHash, createHmac} from 'node:crypto';
import http from 'node:http';
import {SignatureV4} from '@smithy/signature-v4';
import {buildApp} from 'fauxqs';
import {INVALID_MESSAGE_BODY_CHAR} from './node_modules/fauxqs/dist/sqs/sqsTypes.js';

const HOST = '127.0.0.1';
const port = Number(process.argv[2]);
const credentials = {
  accessKeyId: process.env.AWS_ACCESS_KEY_ID,
  secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY,
};

// It takes the halves of a character beyond U+FFFF for two that are not allowed; SQS allows them.
const refused = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;
INVALID_MESSAGE_BODY_CHAR.test = (text) => refused.test(text);

const systemNow = Date.now;
let ahead = 0;
let waiting = 0;
Date.now = () => systemNow() + ahead;

class Sha256 {
  constructor(secret) {
    this.hash = secret ? createHmac('sha256', secret) : createHash('sha256');
  }
  update(data) {
    this.hash.update(data);
  }
  async digest() {
    return new Uint8Array(this.hash.digest());
  }
}

// Signs again what the client says it signed, and compares.
async function isSigned(request, body) {
  const given = request.headers.authorization ?? '';
  const [, region, names] = /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/([^/]+)\/sqs\/aws4_request, ?SignedHeaders=([^,]+)/.exec(given) ?? [];
  const time = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(request.headers['x-amz-date'] ?? '');
  if (!names?.split(';').includes('host') || !time) return false;
  const headers = Object.fromEntries(names.split(';').map((name) => [name, request.headers[name]]));
  const signer = new SignatureV4({credentials, region, service: 'sqs', sha256: Sha256, applyChecksum: false});
  const plain = {method: request.method, protocol: 'http:', hostname: HOST, port, path: request.url, query: {}, headers, body};
  const signed = await signer.sign(plain, {
    signingDate: new Date(Date.UTC(time[1], time[2] - 1, time[3], time[4], time[5], time[6])),
    signableHeaders: new Set(names.split(';')),
  });
  return signed.headers.authorization.replaceAll(' ', '') === given.replaceAll(' ', '');
}

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const app = buildApp({logger: false});
await app.ready();

async function answer(request, response) {
  const body = await bodyOf(request);
  const [, order, ms] = /^\/test\/(advance|down|waiting)(?:\/(\d+))?$/.exec(request.url) ?? [];
  if (order) {
    if (order === 'advance') ahead += Number(ms);
    response.writeHead(200).end(String(waiting));
    if (order === 'down') {
      server.close();
      server.closeAllConnections();
      setTimeout(() => server.listen(port, HOST), Number(ms));
    }
    return;
  }
  if (!await isSigned(request, body)) {
    response.writeHead(403, {'content-type': 'application/x-amz-json-1.0'});
    response.end('{"__type":"com.amazon.coral.service#InvalidSignatureException","message":"The signature is wrong."}');
    return;
  }
  const waits = JSON.parse(body).WaitTimeSeconds > 0 ? 1 : 0;
  waiting += waits;
  const made = await app.inject({method: request.method, url: request.url, headers: request.headers, payload: body});
  waiting -= waits;
  response.writeHead(made.statusCode, made.headers);
  response.end(made.rawPayload);
}

const server = http.createServer((request, response) => {
  answer(request, response).catch((fault) => {
    console.error(fault);
    response.destroy();
  });
});
server.listen(port, HOST);
