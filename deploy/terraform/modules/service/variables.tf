variable "name" {
  type = string
}

variable "region" {
  type = string
}

variable "public_url" {
  type = string
}

variable "vpc_id" {
  type = string
}

variable "public_subnet_ids" {
  type = list(string)
}

variable "private_subnet_ids" {
  type = list(string)
}

variable "certificate_arn" {
  type = string
}

variable "repository_arns" {
  type = list(string)
}

variable "buckets" {
  type = object({
    uploads = object({ name = string, arn = string })
    media   = object({ name = string, arn = string })
  })
}

variable "queues" {
  type = map(object({ name = string, arn = string }))
}

variable "database" {
  type = object({ url = string, password_secret_arn = string })
}

variable "cdn" {
  type = object({ url = string, private_key_secret_arn = string })
}

variable "allow_signup" {
  type    = bool
  default = false
}

variable "log_days" {
  type    = number
  default = 30
}

variable "kms_key_arn" {
  type    = string
  default = null
}

variable "eks_pod_identity" {
  description = "May pods of EKS take the same roles (deploy/kubernetes/overlays/aws)?"
  type        = bool
  default     = false
}

variable "api" {
  type = object({
    image  = string
    cpu    = optional(number, 512)
    memory = optional(number, 1024)
    least  = optional(number, 2)
    most   = optional(number, 10)
  })
}

variable "worker" {
  description = "`messages`: how many there should be for each running worker."
  type = object({
    image    = string
    cpu      = optional(number, 4096)
    memory   = optional(number, 8192)
    least    = optional(number, 0)
    most     = optional(number, 20)
    messages = optional(number, 4)
    spot     = optional(bool, false)
  })
}
