# What matters about an installation, asserted on a plan and an apply with a provider that makes nothing.

mock_provider "aws" {
  mock_data "aws_availability_zones" {
    defaults = { names = ["eu-west-1a", "eu-west-1b", "eu-west-1c"] }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "000000000000" }
  }
  mock_data "aws_region" {
    defaults = { region = "eu-west-1" }
  }
  mock_resource "aws_sqs_queue" {
    defaults = { arn = "arn:aws:sqs:eu-west-1:000000000000:queue", id = "https://sqs.eu-west-1.amazonaws.com/000000000000/queue" }
  }
  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::bucket", bucket_regional_domain_name = "bucket.s3.eu-west-1.amazonaws.com" }
  }
  mock_resource "aws_cloudfront_distribution" {
    defaults = { arn = "arn:aws:cloudfront::000000000000:distribution/E1", domain_name = "d111111abcdef8.cloudfront.net" }
  }
  mock_resource "aws_cloudfront_public_key" {
    defaults = { id = "K2JCJMDEHXQW5F" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::000000000000:role/role" }
  }
  mock_resource "aws_ecs_cluster" {
    defaults = { arn = "arn:aws:ecs:eu-west-1:000000000000:cluster/sluice" }
  }
}

variables {
  name              = "sluice"
  domain            = "video.example.com"
  certificate_arn   = "arn:aws:acm:eu-west-1:000000000000:certificate/00000000-0000-0000-0000-000000000000"
  release           = "0.1.0"
  cdn_public_keys   = { first = "-----BEGIN PUBLIC KEY-----" }
  cdn_signing_key   = "first"
  alarm_emails      = ["operator@example.com"]
  github_repository = "example/sluice"
}

run "buckets_are_private" {
  module {
    source = "../modules/storage"
  }
  variables {
    suffix           = "000000000000"
    origins          = ["https://video.example.com"]
    distribution_arn = "arn:aws:cloudfront::000000000000:distribution/E1"
    source_days      = 400
  }

  assert {
    condition = alltrue([for block in aws_s3_bucket_public_access_block.this :
    block.block_public_acls && block.block_public_policy && block.ignore_public_acls && block.restrict_public_buckets])
    error_message = "a bucket could be made public"
  }
  assert {
    condition     = length(aws_s3_bucket_server_side_encryption_configuration.this) == 2
    error_message = "both buckets are encrypted"
  }
  assert {
    condition     = aws_s3_bucket.this["uploads"].bucket != aws_s3_bucket.this["media"].bucket
    error_message = "uploads and media need a bucket each"
  }
  assert {
    condition = anytrue([for rule in aws_s3_bucket_lifecycle_configuration.uploads.rule :
    anytrue([for abort in rule.abort_incomplete_multipart_upload : abort.days_after_initiation <= 7])])
    error_message = "parts of uploads that were given up stay for ever"
  }
  assert {
    condition     = anytrue([for rule in aws_s3_bucket_lifecycle_configuration.uploads.rule : anytrue([for end in rule.expiration : end.days == 400])])
    error_message = "old sources stay for ever"
  }
  assert {
    condition = alltrue([for rule in aws_s3_bucket_cors_configuration.uploads.cors_rule :
    rule.allowed_origins == toset(["https://video.example.com"]) && rule.allowed_methods == toset(["PUT"])])
    error_message = "browsers of other sites may upload, or do more"
  }
  assert {
    condition = length([for statement in jsondecode(aws_s3_bucket_policy.media.policy).Statement : statement
      if statement.Effect == "Allow" && try(statement.Principal.Service, "") == "cloudfront.amazonaws.com" && statement.Action == "s3:GetObject"
    && try(statement.Condition.StringEquals["AWS:SourceArn"], "") == var.distribution_arn]) == 1
    error_message = "only our distribution reads media, and it does nothing else"
  }
  assert {
    condition = alltrue([for policy in [aws_s3_bucket_policy.media.policy, aws_s3_bucket_policy.uploads.policy] :
      anytrue([for statement in jsondecode(policy).Statement : statement.Effect == "Deny"
    && try(statement.Condition.Bool["aws:SecureTransport"], "") == "false"])])
    error_message = "connections have to be encrypted"
  }
}

run "messages_that_were_given_up_are_kept" {
  module {
    source = "../modules/queue"
  }
  variables {
    name = "sluice"
  }

  assert {
    condition     = alltrue([for queue in aws_sqs_queue.lane : jsondecode(queue.redrive_policy).maxReceiveCount == 5])
    error_message = "five deliveries, as Sluice itself has it"
  }
  assert {
    condition     = alltrue([for queue in aws_sqs_queue.lane : jsondecode(queue.redrive_policy).deadLetterTargetArn == aws_sqs_queue.dead.arn])
    error_message = "they go to the dead-letter queue"
  }
  assert {
    condition     = aws_sqs_queue.dead.message_retention_seconds == 1209600
    error_message = "fourteen days to look at them"
  }
  assert {
    condition = (aws_sqs_queue.lane["first"].name == "sluice-first" && aws_sqs_queue.lane["rest"].name == "sluice-rest"
    && aws_sqs_queue.dead.name == "sluice-dead")
    error_message = "the names that sqs://REGION/sluice means"
  }
}

run "only_signed_urls_are_answered" {
  module {
    source = "../modules/delivery"
  }
  variables {
    region              = "eu-west-1"
    media_bucket_domain = "bucket.s3.eu-west-1.amazonaws.com"
    public_keys         = { first = "-----BEGIN PUBLIC KEY-----", second = "-----BEGIN PUBLIC KEY-----" }
    signing_key         = "second"
    domain              = null
  }

  assert {
    condition     = aws_cloudfront_distribution.this.default_cache_behavior[0].trusted_key_groups != null && length(aws_cloudfront_distribution.this.default_cache_behavior[0].trusted_key_groups) == 1
    error_message = "the distribution answers without a signature"
  }
  assert {
    condition     = aws_cloudfront_distribution.this.default_cache_behavior[0].viewer_protocol_policy == "https-only"
    error_message = "signatures would go over the wire in the clear"
  }
  assert {
    condition     = aws_cloudfront_cache_policy.media.min_ttl >= 3600 && aws_cloudfront_distribution.this.default_cache_behavior[0].cache_policy_id == aws_cloudfront_cache_policy.media.id
    error_message = "Objects are `private` to caches on the way; CloudFront has to keep them nevertheless."
  }
  assert {
    condition     = length(aws_cloudfront_public_key.this) == 2
    error_message = "while a key is changed, both are trusted"
  }
  assert {
    condition     = alltrue([for origin in aws_cloudfront_distribution.this.origin : origin.origin_access_control_id == aws_cloudfront_origin_access_control.this.id])
    error_message = "the bucket is reached by origin access control"
  }
  assert {
    condition     = startswith(output.cdn_url, "cloudfront://d111111abcdef8.cloudfront.net?key-pair-id=K2JCJMDEHXQW5F&")
    error_message = "what the API is told"
  }
}

run "the_database_is_closed_and_backed_up" {
  module {
    source = "../modules/database"
  }
  variables {
    vpc_id                    = "vpc-1"
    subnet_ids                = ["subnet-1", "subnet-2"]
    client_security_group_ids = { api = "sg-1", worker = "sg-2" }
  }

  assert {
    condition     = aws_db_instance.this.storage_encrypted && !aws_db_instance.this.publicly_accessible && aws_db_instance.this.deletion_protection
    error_message = "encrypted, private, and not deleted by mistake"
  }
  assert {
    condition     = aws_db_instance.this.backup_retention_period >= 7 && !aws_db_instance.this.skip_final_snapshot
    error_message = "a week of backups at least, and one when it ends"
  }
  assert {
    condition     = alltrue([for rule in aws_vpc_security_group_ingress_rule.this : rule.from_port == 5432 && rule.cidr_ipv4 == null])
    error_message = "only our tasks connect"
  }
  assert {
    condition     = !strcontains(output.url, aws_secretsmanager_secret_version.database.secret_string)
    error_message = "the password is not in the URL"
  }
}

run "services" {
  assert {
    condition = alltrue([for containers in [module.service.worker_containers, module.service.api_containers] :
      alltrue([for one in jsondecode(containers) : one.readonlyRootFilesystem && one.user == "10001:10001"
    && one.linuxParameters.capabilities.drop == ["ALL"]])])
    error_message = "containers are confined"
  }
  assert {
    condition = alltrue([for one in jsondecode(module.service.worker_containers) :
      one.stopTimeout > tonumber(trimsuffix([for variable in one.environment : variable.value
    if variable.name == "SLUICE_DRAIN_TIMEOUT"][0], "s"))])
    error_message = "a worker is killed before it has drained"
  }
  assert {
    condition = alltrue([for containers in [module.service.worker_containers, module.service.api_containers] :
      alltrue([for one in jsondecode(containers) : contains([for secret in one.secrets : secret.name], "PGPASSWORD")
    && !strcontains(jsonencode(one.environment), "PASSWORD")])])
    error_message = "passwords come as secrets"
  }
  assert {
    condition = alltrue([for one in jsondecode(module.service.worker_containers) :
    !contains([for secret in one.secrets : secret.name], "CLOUDFRONT_PRIVATE_KEY")])
    error_message = "a worker has no use for the key that signs links"
  }
  assert {
    condition     = length(module.alarms.names) >= 7
    error_message = "an alarm is missing"
  }
  assert {
    condition     = toset(keys(module.github[0].role_arns)) == toset(["plan", "publish", "deploy"])
    error_message = "a role of the workflows is missing"
  }
}
