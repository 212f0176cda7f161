variable "name" {
  type = string
}

variable "region" {
  type = string
}

variable "media_bucket_domain" {
  type = string
}

variable "public_keys" {
  description = "Public keys in PEM by a name of one's own; the API signs with the other half of one of them."
  type        = map(string)
}

variable "signing_key" {
  description = "Which of public_keys the API signs with."
  type        = string
}

variable "domain" {
  description = "A name of one's own for media, with a certificate in us-east-1. Null: CloudFront's."
  type        = string
  default     = null
}

variable "certificate_arn" {
  type    = string
  default = null
}

variable "price_class" {
  type    = string
  default = "PriceClass_100"
}
