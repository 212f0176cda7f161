variable "name" {
  type = string
}

variable "repository" {
  description = "OWNER/NAME on GitHub."
  type        = string
}

variable "repository_arns" {
  type = list(string)
}

variable "service_arns" {
  type = map(string)
}

variable "role_arns" {
  type = map(string)
}

variable "cluster_arn" {
  type = string
}

variable "state_bucket_arn" {
  description = "Where Terraform keeps its state."
  type        = string
}
