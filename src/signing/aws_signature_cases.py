#!/usr/bin/python3
"""Writes aws_signature_cases.inc: requests as botocore signs them (Debian: python3-botocore).

    /usr/bin/python3 src/signing/aws_signature_cases.py > src/signing/aws_signature_cases.inc
"""
import datetime
import json
import urllib.parse

import botocore.auth
import botocore.awsrequest
import botocore.credentials

ID, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "FwoGZXIvYXdzEXAMPLE//token+with/signs=="
HOST = "bucket.s3.eu-central-1.amazonaws.com"


class Noon(datetime.datetime):
    @classmethod
    def utcnow(cls):
        return cls(2026, 2, 28, 12, 0, 1)


botocore.auth.datetime.datetime = Noon

KEY = "/videos/v1/source/original"
SSE = [("x-amz-server-side-encryption", "aws:kms"), ("x-amz-server-side-encryption-aws-kms-key-id", "key/1")]
# service, method, host, path, query, headers, body (None: unsigned), token, presigned for seconds (0: headers)
CASES = [
    ("s3", "GET", HOST, KEY, [], [("range", "bytes=0-99")], "", False, 0),
    ("s3", "PUT", HOST, KEY, [], [("content-type", "video/mp4")] + SSE, "the body", True, 0),
    ("s3", "GET", HOST, "/", [("list-type", "2"), ("prefix", "videos/v1/"), ("continuation-token", "a+b/c=")], [], "",
     False, 0),
    ("s3", "GET", "localhost:7480", "/bucket/a b/ü+~*'()/../x//y", [], [], "", True, 0),
    ("s3", "POST", HOST, "/", [("delete", "")], [("content-md5", "abc==")], "<Delete/>", False, 0),
    ("s3", "PUT", HOST, KEY, [], [("content-length", "5")], None, False, 3600),
    ("s3", "PUT", HOST, KEY, [], [("content-length", "5")] + SSE, None, True, 604800),
    ("s3", "PUT", HOST, KEY, [("partNumber", "3"), ("uploadId", "2~a/b+c")], [("content-length", "8388608")], None,
     False, 60),
    ("s3", "GET", "localhost:7480", "/bucket/a b/ü+~", [("response-content-type", "video/mp4; x=\"y\"")], [], None,
     True, 1),
    ("sqs", "POST", "sqs.eu-central-1.amazonaws.com", "/", [],
     [("content-type", "application/x-amz-json-1.0"), ("x-amz-target", "AmazonSQS.SendMessage")], '{"a":"ü"}', True, 0),
    ("service", "GET", "example.amazonaws.com", "/a b/%41/ü/./c/../", [("b", "2 x"), ("a", ""), ("b", "1")], [], "",
     False, 0),
]


def text(value):
    """As a C++ string: what is not ASCII by octal escapes."""
    return '"' + "".join(chr(c) if 31 < c < 127 and c not in (34, 92) else f"\\{c:03o}" for c in value.encode()) + '"'


def fields(pairs):
    return "{" + ", ".join(f"{{{text(n)}, {text(v)}}}" for n, v in pairs) + "}"


def signature(service, method, host, path, query, headers, body, token, presigned):
    url = f"https://{host}{urllib.parse.quote(path, safe='/-._~')}"
    if query:
        url += "?" + urllib.parse.urlencode(query, quote_via=urllib.parse.quote, safe="-._~")
    request = botocore.awsrequest.AWSRequest(method, url, dict(headers + [("host", host)]), data=body or "")
    if body is None:
        request.context["payload_signing_enabled"] = False
    credentials = botocore.credentials.Credentials(ID, SECRET, TOKEN if token else None)
    kind = "S3SigV4" if service == "s3" else "SigV4"
    arguments = (credentials, service, "eu-central-1") + ((presigned,) if presigned else ())
    getattr(botocore.auth, kind + ("QueryAuth" if presigned else "Auth"))(*arguments).add_auth(request)
    if presigned:
        return urllib.parse.parse_qs(request.url.split("?")[1])["X-Amz-Signature"][0]
    return request.headers["Authorization"].rsplit("=", 1)[1]


print("// Made by aws_signature_cases.py with botocore; see there.")
for case in CASES:
    service, method, host, path, query, headers, body, token, presigned = case
    print("{" + ", ".join([text(service), text(method), text(host), text(path), fields(query), fields(headers),
                           "std::nullopt" if body is None else text(body), json.dumps(token), str(presigned)])
          + ",\n " + text(signature(*case)) + "},")
