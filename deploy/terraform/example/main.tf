# One installation of Sluice. Copy this folder, fill in terraform.tfvars, and:
#
#   terraform init && terraform apply
#   aws secretsmanager put-secret-value --secret-id NAME/cloudfront-private-key --secret-string file://cloudfront.pem
#
# docs/operations.md has the order of things, and how keys are changed.

provider "aws" {
  region = var.region
  default_tags {
    tags = { Application = "sluice", Installation = var.name }
  }
}

data "aws_caller_identity" "current" {}

module "network" {
  source = "../modules/network"
  name   = var.name
}

module "registry" {
  source = "../modules/registry"
  name   = var.name
}

module "queue" {
  source = "../modules/queue"
  name   = var.name
}

module "storage" {
  source           = "../modules/storage"
  name             = var.name
  suffix           = data.aws_caller_identity.current.account_id
  origins          = ["https://${var.domain}"]
  distribution_arn = module.delivery.distribution_arn
  source_days      = var.source_days
}

module "delivery" {
  source              = "../modules/delivery"
  name                = var.name
  region              = var.region
  media_bucket_domain = module.storage.media.domain
  public_keys         = var.cdn_public_keys
  signing_key         = var.cdn_signing_key
}

module "database" {
  source                    = "../modules/database"
  name                      = var.name
  vpc_id                    = module.network.vpc_id
  subnet_ids                = module.network.private_subnet_ids
  client_security_group_ids = module.service.client_security_group_ids
  instance_class            = var.database_class
}

module "service" {
  source             = "../modules/service"
  name               = var.name
  region             = var.region
  public_url         = "https://${var.domain}"
  vpc_id             = module.network.vpc_id
  public_subnet_ids  = module.network.public_subnet_ids
  private_subnet_ids = module.network.private_subnet_ids
  certificate_arn    = var.certificate_arn
  repository_arns    = module.registry.arns
  buckets            = { uploads = module.storage.uploads, media = module.storage.media }
  queues             = { first = module.queue.first, rest = module.queue.rest, dead = module.queue.dead }
  database           = { url = module.database.url, password_secret_arn = module.database.password_secret_arn }
  cdn                = { url = module.delivery.cdn_url, private_key_secret_arn = module.delivery.private_key_secret_arn }
  api                = { image = "${module.registry.urls["api"]}:${var.release}" }
  worker             = { image = "${module.registry.urls["worker"]}:${var.release}", most = var.most_workers }
}

module "alarms" {
  source              = "../modules/alarms"
  name                = var.name
  emails              = var.alarm_emails
  queues              = { first = module.queue.first, rest = module.queue.rest, dead = module.queue.dead }
  balancer            = module.service.balancer
  database_identifier = module.database.identifier
  log_groups          = module.service.log_groups
}

module "github" {
  source           = "../modules/github"
  count            = var.github_repository == null ? 0 : 1
  name             = var.name
  repository       = var.github_repository
  repository_arns  = module.registry.arns
  service_arns     = module.service.service_arns
  role_arns        = module.service.role_arns
  cluster_arn      = module.service.cluster.arn
  state_bucket_arn = "arn:aws:s3:::${var.state_bucket}"
}
