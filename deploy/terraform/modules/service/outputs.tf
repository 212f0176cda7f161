output "cluster" {
  value = { name = aws_ecs_cluster.this.name, arn = aws_ecs_cluster.this.arn }
}

output "service_arns" {
  value = { api = aws_ecs_service.api.id, worker = aws_ecs_service.worker.id }
}

output "role_arns" {
  value = {
    api       = aws_iam_role.task["api"].arn
    worker    = aws_iam_role.task["worker"].arn
    execution = aws_iam_role.execution.arn
  }
}

output "client_security_group_ids" {
  value = { api = aws_security_group.api.id, worker = aws_security_group.worker.id }
}

output "balancer" {
  value = {
    dns_name     = aws_lb.this.dns_name
    zone_id      = aws_lb.this.zone_id
    suffix       = aws_lb.this.arn_suffix
    target_group = aws_lb_target_group.api.arn_suffix
  }
}

output "log_groups" {
  value = { for name, group in aws_cloudwatch_log_group.this : name => group.name }
}

# For tests: what the agent and the scaler are told.
output "worker_containers" {
  value = aws_ecs_task_definition.worker.container_definitions
}

output "api_containers" {
  value = aws_ecs_task_definition.api.container_definitions
}
