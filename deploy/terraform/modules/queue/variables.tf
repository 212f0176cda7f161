variable "name" {
  type = string
}

variable "max_receives" {
  description = "A message that was handed out more often is a dead letter, and its video fails."
  type        = number
  default     = 5
}
