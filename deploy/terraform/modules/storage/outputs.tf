output "uploads" {
  value = { name = aws_s3_bucket.this["uploads"].bucket, arn = aws_s3_bucket.this["uploads"].arn }
}

output "media" {
  value = {
    name   = aws_s3_bucket.this["media"].bucket
    arn    = aws_s3_bucket.this["media"].arn
    domain = aws_s3_bucket.this["media"].bucket_regional_domain_name
  }
}
