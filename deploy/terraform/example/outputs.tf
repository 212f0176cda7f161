output "balancer" {
  description = "Where the domain has to lead."
  value       = module.service.balancer.dns_name
}

output "registries" {
  value = module.registry.urls
}

output "github_role_arns" {
  value = one(module.github[*].role_arns)
}
