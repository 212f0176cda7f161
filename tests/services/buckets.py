"""The two buckets of an S3 server, made and looked at from outside.

`buckets.py create [ORIGIN…]` makes them for the server of SLUICE_TEST_S3_ENDPOINT; browsers may upload from these origins.
"""
import hashlib
import os
import sys

import boto3
from botocore.config import Config

UPLOADS, MEDIA = "sluice-uploads", "sluice-media"


class Buckets:
    """With the server's address and keys as its service tells them."""

    def __init__(self, environment):
        self.client = boto3.client(
            "s3", endpoint_url=environment["SLUICE_TEST_S3_ENDPOINT"],
            aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"], region_name="us-east-1",
            config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 8}))

    def create(self, origins=("*",)):
        for bucket in (UPLOADS, MEDIA):
            self.client.create_bucket(Bucket=bucket)  # again: harmless
        self.client.put_bucket_cors(Bucket=UPLOADS, CORSConfiguration={"CORSRules": [{
            "AllowedOrigins": list(origins), "AllowedMethods": ["PUT"], "AllowedHeaders": ["*"],
            "ExposeHeaders": ["ETag"], "MaxAgeSeconds": 3000}]})

    def keys(self, bucket):
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        return [item["Key"] for page in pages for item in page.get("Contents", [])]

    def digests(self, video_id):
        """Stored media of a video: name below its prefix → SHA-256."""
        prefix = f"videos/{video_id}/"
        return {key[len(prefix):]: hashlib.sha256(
                    self.client.get_object(Bucket=MEDIA, Key=key)["Body"].read()).hexdigest()
                for key in self.keys(MEDIA) if key.startswith(prefix)}


if __name__ == "__main__":
    if sys.argv[1:2] != ["create"]:
        sys.exit(__doc__)
    Buckets(os.environ).create(sys.argv[2:] or ("*",))
