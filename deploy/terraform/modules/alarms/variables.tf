variable "name" {
  type = string
}

variable "emails" {
  description = "Who is told."
  type        = list(string)
}

variable "queues" {
  type = map(object({ name = string, arn = string }))
}

variable "balancer" {
  type = object({ suffix = string, target_group = string, dns_name = string, zone_id = string })
}

variable "database_identifier" {
  type = string
}

variable "log_groups" {
  type = map(string)
}
