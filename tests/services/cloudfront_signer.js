// AWS's own signer, to compare with: `node cloudfront_signer.js KEY_FILE KEY_PAIR_ID RESOURCE EPOCH_SECONDS [SHA256]` prints
// the query that allows RESOURCE until then.
const {readFileSync} = require('fs');
const {getSignedUrl} = require('@aws-sdk/cloudfront-signer');

const [file, keyPairId, resource, until, algorithm] = process.argv.slice(2);
const policy = JSON.stringify({
  Statement: [{Resource: resource, Condition: {DateLessThan: {'AWS:EpochTime': Number(until)}}}],
});
const url = getSignedUrl({url: 'https://any.example', policy, keyPairId, privateKey: readFileSync(file), algorithm});
process.stdout.write(url.slice(url.indexOf('?')));
