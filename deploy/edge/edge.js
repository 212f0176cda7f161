// What CloudFront does at its edge, in nginx's JavaScript (njs): checks a signed URL's policy, signature and times, then
// fetches the object from where Sluice stored it. Written from CloudFront's documentation, not from Sluice's code.
import crypto_ from 'crypto';
import fs from 'fs';

// {"keys": {"K…": "PEM"}, "origin": null | {"host", "path", "access_key_id", "secret_access_key", "region"},
//  "scheme": "http" | "https" as visitors see it ("http"), "caches": does nginx keep what it fetched? (false)}
const settings = JSON.parse(fs.readFileSync(process.env.EDGE_SETTINGS));
const OWN = /^(Policy|Signature|Key-Pair-Id|Expires|Hash-Algorithm)=/;

function decoded(text) {
  return Buffer.from(text.replace(/-/g, '+').replace(/_/g, '=').replace(/~/g, '/'), 'base64');
}

function matches(pattern, url) {
  const expression = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.');
  return new RegExp('^' + expression + '$').test(url);
}

// CloudFront's ECDSA signatures are DER: SEQUENCE {INTEGER r, INTEGER s}. The Web Cryptography API wants 32 bytes of each.
function plain_ecdsa(der) {
  const bytes = Buffer.alloc(64);
  let at = 2;
  for (let i = 0; i < 2; i++) {
    const length = der[at + 1];
    let number = der.slice(at + 2, at + 2 + length);
    while (number.length > 32) number = number.slice(1);
    number.copy(bytes, 32 * (i + 1) - number.length);
    at += 2 + length;
  }
  return bytes;
}

async function is_signed(pem, hash, signature, policy) {
  const spki = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  // An RSA key of 2048 bits takes 294 bytes, one on P-256 takes 91.
  const curve = spki.length < 100;
  const algorithm = curve ? {name: 'ECDSA', namedCurve: 'P-256', hash: hash} : {name: 'RSASSA-PKCS1-v1_5', hash: hash};
  const key = await crypto.subtle.importKey('spki', spki, algorithm, false, ['verify']);
  return crypto.subtle.verify(algorithm, key, curve ? plain_ecdsa(signature) : signature, policy);
}

function allows(policy, url, now) {
  const statements = JSON.parse(policy).Statement;
  if (statements.length !== 1) return false;
  const condition = statements[0].Condition;
  const after = condition.DateGreaterThan;
  return matches(statements[0].Resource, url) && now < condition.DateLessThan['AWS:EpochTime'] &&
      (!after || now >= after['AWS:EpochTime']);
}

async function is_allowed(request) {
  const query = (request.variables.args || '').split('&').filter(Boolean);
  const given = {};
  query.forEach(function (one) {
    const equals = one.indexOf('=');
    given[one.slice(0, equals)] = one.slice(equals + 1);
  });
  const pem = settings.keys[given['Key-Pair-Id']];
  if (!pem || !given.Policy || !given.Signature) return false;
  const rest = query.filter(function (one) { return !OWN.test(one); }).join('&');
  const url = (settings.scheme || 'http') + '://' + request.headersIn.Host + request.variables.request_uri.split('?')[0] + (rest ? '?' + rest : '');
  const policy = decoded(given.Policy).toString();
  const hash = given['Hash-Algorithm'] === 'SHA256' ? 'SHA-256' : 'SHA-1';
  return await is_signed(pem, hash, decoded(given.Signature), policy) && allows(policy, url, Date.now() / 1000);
}

function hmac(key, text) {
  return crypto_.createHmac('sha256', key).update(text).digest();
}

// Signature Version 4 as an origin access control makes it: the bucket is private, the edge may read it.
function authorization(request, path) {
  const origin = settings.origin;
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = time.slice(0, 8) + '/' + origin.region + '/s3/aws4_request';
  const names = 'host;x-amz-content-sha256;x-amz-date';
  // What nginx keeps it fetches whole, also when it was asked for the headers alone.
  const method = settings.caches ? 'GET' : request.method;
  const canonical = method + '\n' + path + '\n\nhost:' + origin.host +
      '\nx-amz-content-sha256:UNSIGNED-PAYLOAD\nx-amz-date:' + time + '\n\n' + names + '\nUNSIGNED-PAYLOAD';
  let key = 'AWS4' + origin.secret_access_key;
  scope.split('/').forEach(function (part) { key = hmac(key, part); });
  const digest = crypto_.createHash('sha256').update(canonical).digest('hex');
  const signature = hmac(key, 'AWS4-HMAC-SHA256\n' + time + '\n' + scope + '\n' + digest).toString('hex');
  request.variables.origin_path = path;
  request.variables.origin_time = time;
  request.variables.origin_authorization = 'AWS4-HMAC-SHA256 Credential=' + origin.access_key_id + '/' + scope +
      ', SignedHeaders=' + names + ', Signature=' + signature;
}

async function check(request) {
  try {
    if (!await is_allowed(request)) return request.return(403, 'AccessDenied');
    if (request.method === 'OPTIONS') return request.return(204);
    if (settings.origin) authorization(request, settings.origin.path + request.uri);
    request.internalRedirect('/_origin' + request.uri);
  } catch (fault) {
    request.log('edge: ' + fault);
    request.return(403, 'AccessDenied');
  }
}

export default {check};
