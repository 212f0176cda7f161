variable "name" {
  type = string
}

variable "suffix" {
  description = "What makes the buckets' names unique in the world, such as the account's number."
  type        = string
}

variable "origins" {
  description = "Whose pages may upload: the public URL."
  type        = list(string)
}

variable "distribution_arn" {
  description = "The CloudFront distribution that may read media."
  type        = string
}

variable "kms_key_arn" {
  description = "Null: encrypted with S3's own keys."
  type        = string
  default     = null
}

variable "source_days" {
  description = "Uploaded files are removed after so many days; then nothing can be encoded anew. Null: kept."
  type        = number
  default     = null
}

variable "source_archive_days" {
  description = "Uploaded files go to a cheaper class after so many days. Null: never."
  type        = number
  default     = 30
}
