output "distribution_arn" {
  value = aws_cloudfront_distribution.this.arn
}

# For --cdn. The key itself comes to the API in this variable of its environment.
output "cdn_url" {
  value = format(
    "cloudfront://%s?key-pair-id=%s&private-key=env:CLOUDFRONT_PRIVATE_KEY",
    var.domain == null ? aws_cloudfront_distribution.this.domain_name : var.domain,
    aws_cloudfront_public_key.this[var.signing_key].id,
  )
}

output "private_key_secret_arn" {
  value = aws_secretsmanager_secret.private_key.arn
}
