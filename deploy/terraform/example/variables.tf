variable "name" {
  type    = string
  default = "sluice"
}

variable "region" {
  type    = string
  default = "eu-west-1"
}

variable "domain" {
  description = "What visitors type. Point it at the output `balancer`."
  type        = string
}

variable "certificate_arn" {
  description = "Of that domain, in the same region."
  type        = string
}

variable "release" {
  description = "The tag of both images."
  type        = string
}

variable "cdn_public_keys" {
  type = map(string)
}

variable "cdn_signing_key" {
  type = string
}

variable "alarm_emails" {
  type = list(string)
}

variable "source_days" {
  type    = number
  default = null
}

variable "database_class" {
  type    = string
  default = "db.t4g.small"
}

variable "most_workers" {
  type    = number
  default = 20
}

variable "github_repository" {
  description = "OWNER/NAME, for the roles of its workflows. Null: none."
  type        = string
  default     = null
}

variable "state_bucket" {
  description = "Where Terraform's state of this installation is kept."
  type        = string
  default     = "example-terraform-state"
}
