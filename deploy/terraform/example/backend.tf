# The state holds the database's password: keep it in an encrypted bucket that few may read.
terraform {
  backend "s3" {
    key          = "sluice/terraform.tfstate"
    encrypt      = true
    use_lockfile = true
  }
}
