# CloudFront in front of the media bucket. It answers what the API has signed, and nothing else.

resource "aws_cloudfront_public_key" "this" {
  for_each    = var.public_keys
  name        = "${var.name}-${each.key}"
  encoded_key = each.value
  lifecycle {
    create_before_destroy = true
  }
}

# To change the key: add a second public key, let the API sign with it, and remove the first when its links have run out.
resource "aws_cloudfront_key_group" "this" {
  name  = var.name
  items = [for key in aws_cloudfront_public_key.this : key.id]
}

resource "aws_cloudfront_origin_access_control" "this" {
  name                              = "${var.name}-media"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

# Objects say `private` to caches that don't check who may have them. This one does, and keeps them for a day: with the managed
# policies' shortest time of a second it would keep them for that.
resource "aws_cloudfront_cache_policy" "media" {
  name        = "${var.name}-media"
  min_ttl     = 86400
  default_ttl = 86400
  max_ttl     = 86400
  parameters_in_cache_key_and_forwarded_to_origin {
    enable_accept_encoding_brotli = false
    enable_accept_encoding_gzip   = false
    cookies_config {
      cookie_behavior = "none"
    }
    headers_config {
      header_behavior = "none"
    }
    query_strings_config {
      query_string_behavior = "none"
    }
  }
}

data "aws_cloudfront_response_headers_policy" "cors" {
  name = "Managed-SimpleCORS"
}

resource "aws_cloudfront_distribution" "this" {
  comment         = var.name
  enabled         = true
  is_ipv6_enabled = true
  http_version    = "http2and3"
  price_class     = var.price_class
  aliases         = var.domain == null ? [] : [var.domain]

  origin {
    origin_id                = "media"
    domain_name              = var.media_bucket_domain
    origin_access_control_id = aws_cloudfront_origin_access_control.this.id
    origin_shield {
      enabled              = true
      origin_shield_region = var.region
    }
  }

  default_cache_behavior {
    target_origin_id           = "media"
    viewer_protocol_policy     = "https-only"
    allowed_methods            = ["GET", "HEAD", "OPTIONS"]
    cached_methods             = ["GET", "HEAD"]
    trusted_key_groups         = [aws_cloudfront_key_group.this.id]
    cache_policy_id            = aws_cloudfront_cache_policy.media.id
    response_headers_policy_id = data.aws_cloudfront_response_headers_policy.cors.id
    compress                   = false
  }

  # A segment that is not there yet is asked for again in a moment.
  custom_error_response {
    error_code            = 404
    error_caching_min_ttl = 1
  }
  custom_error_response {
    error_code            = 403
    error_caching_min_ttl = 1
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = var.domain == null
    acm_certificate_arn            = var.certificate_arn
    minimum_protocol_version       = var.domain == null ? null : "TLSv1.2_2021"
    ssl_support_method             = var.domain == null ? null : "sni-only"
  }
}

# Its value is put there by hand (docs/operations.md): Terraform's state never holds it.
resource "aws_secretsmanager_secret" "private_key" {
  name = "${var.name}/cloudfront-private-key"
}
