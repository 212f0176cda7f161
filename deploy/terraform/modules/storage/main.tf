# The two buckets: uploads, into which browsers write by signed URLs, and media, which only the CDN and Sluice read.

locals {
  buckets = {
    uploads = "${var.name}-uploads-${var.suffix}"
    media   = "${var.name}-media-${var.suffix}"
  }
}

resource "aws_s3_bucket" "this" {
  for_each      = local.buckets
  bucket        = each.value
  force_destroy = false
}

resource "aws_s3_bucket_public_access_block" "this" {
  for_each                = aws_s3_bucket.this
  bucket                  = each.value.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  for_each = aws_s3_bucket.this
  bucket   = each.value.id
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  for_each = aws_s3_bucket.this
  bucket   = each.value.id
  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      sse_algorithm     = var.kms_key_arn == null ? "AES256" : "aws:kms"
      kms_master_key_id = var.kms_key_arn
    }
  }
}

# What pages at the public URL may do; everything else about uploads is in the signed URLs.
resource "aws_s3_bucket_cors_configuration" "uploads" {
  bucket = aws_s3_bucket.this["uploads"].id
  cors_rule {
    allowed_origins = var.origins
    allowed_methods = ["PUT"]
    allowed_headers = ["*"]
    expose_headers  = ["ETag"]
    max_age_seconds = 3000
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "uploads" {
  bucket = aws_s3_bucket.this["uploads"].id
  rule {
    id     = "parts-of-uploads-that-were-given-up"
    status = "Enabled"
    filter {
      prefix = ""
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 2
    }
  }
  dynamic "rule" {
    for_each = var.source_days == null ? [] : [var.source_days]
    content {
      id     = "old-sources"
      status = "Enabled"
      filter {
        prefix = "videos/"
      }
      expiration {
        days = rule.value
      }
    }
  }
  dynamic "rule" {
    for_each = var.source_archive_days == null ? [] : [var.source_archive_days]
    content {
      id     = "sources-into-the-archive"
      status = "Enabled"
      filter {
        prefix = "videos/"
      }
      transition {
        days          = rule.value
        storage_class = "GLACIER_IR"
      }
    }
  }
}

locals {
  encrypted_only = {
    for name, bucket in aws_s3_bucket.this : name => {
      Sid       = "OnlyEncryptedConnections"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [bucket.arn, "${bucket.arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }
  }
}

resource "aws_s3_bucket_policy" "uploads" {
  bucket = aws_s3_bucket.this["uploads"].id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [local.encrypted_only["uploads"]]
  })
}

resource "aws_s3_bucket_policy" "media" {
  bucket = aws_s3_bucket.this["media"].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      local.encrypted_only["media"],
      {
        Sid       = "TheDistributionReads"
        Effect    = "Allow"
        Principal = { Service = "cloudfront.amazonaws.com" }
        Action    = "s3:GetObject"
        Resource  = "${aws_s3_bucket.this["media"].arn}/*"
        Condition = { StringEquals = { "AWS:SourceArn" = var.distribution_arn } }
      },
    ]
  })
}
