# Workers are scaled by all the work there is, from none, and none is taken away while it encodes.

mock_provider "aws" {
  mock_resource "aws_ecs_cluster" {
    defaults = { arn = "arn:aws:ecs:eu-west-1:000000000000:cluster/sluice" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::000000000000:role/role" }
  }
}

variables {
  name               = "sluice"
  region             = "eu-west-1"
  public_url         = "https://video.example.com"
  vpc_id             = "vpc-1"
  public_subnet_ids  = ["subnet-1", "subnet-2"]
  private_subnet_ids = ["subnet-3", "subnet-4"]
  certificate_arn    = "arn:aws:acm:eu-west-1:000000000000:certificate/c"
  repository_arns    = ["arn:aws:ecr:eu-west-1:000000000000:repository/sluice-api"]
  buckets = {
    uploads = { name = "uploads", arn = "arn:aws:s3:::uploads" }
    media   = { name = "media", arn = "arn:aws:s3:::media" }
  }
  queues = {
    first = { name = "sluice-first", arn = "arn:aws:sqs:eu-west-1:000000000000:sluice-first" }
    rest  = { name = "sluice-rest", arn = "arn:aws:sqs:eu-west-1:000000000000:sluice-rest" }
    dead  = { name = "sluice-dead", arn = "arn:aws:sqs:eu-west-1:000000000000:sluice-dead" }
  }
  database = { url = "postgresql://sluice@db/sluice", password_secret_arn = "arn:aws:secretsmanager:eu-west-1:000000000000:secret:p" }
  cdn      = { url = "cloudfront://d1?key-pair-id=K", private_key_secret_arn = "arn:aws:secretsmanager:eu-west-1:000000000000:secret:k" }
  api      = { image = "api:1" }
  worker   = { image = "worker:1", most = 12 }
}

run "scaling" {
  module {
    source = "../modules/service"
  }

  assert {
    condition     = aws_appautoscaling_target.worker.min_capacity == 0 && aws_appautoscaling_target.worker.max_capacity == 12
    error_message = "from none to the most"
  }
  assert {
    condition = toset([for metric in aws_appautoscaling_policy.worker.target_tracking_scaling_policy_configuration[0].customized_metric_specification[0].metrics :
      "${[for one in metric.metric_stat[0].metric[0].dimensions : one.value][0]}/${metric.metric_stat[0].metric[0].metric_name}"
      if length(metric.metric_stat) > 0 && !metric.return_data && metric.id != "running"]) == toset([
      "sluice-first/ApproximateNumberOfMessagesVisible", "sluice-first/ApproximateNumberOfMessagesNotVisible",
    "sluice-rest/ApproximateNumberOfMessagesVisible", "sluice-rest/ApproximateNumberOfMessagesNotVisible"])
    error_message = "all work counts: what waits and what is in flight, in both queues"
  }
  assert {
    condition = one([for metric in aws_appautoscaling_policy.worker.target_tracking_scaling_policy_configuration[0].customized_metric_specification[0].metrics :
      metric.expression if metric.return_data]) == join("", ["(first_flight + first_visible + rest_flight + rest_visible)",
    " / IF(FILL(running, 0) > 0, running, 1)"])
    error_message = "divided by the running tasks"
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.work_without_workers.threshold == 0 && aws_cloudwatch_metric_alarm.work_without_workers.alarm_actions == toset([aws_appautoscaling_policy.first_worker.arn])
    error_message = "the first worker comes when there is anything to do"
  }
  assert {
    condition = length([for statement in jsondecode(aws_iam_role_policy.task["worker"].policy).Statement : statement
    if contains(statement.Action, "ecs:UpdateTaskProtection") && try(statement.Condition.ArnEquals["ecs:cluster"], "") == aws_ecs_cluster.this.arn]) == 1
    error_message = "a worker may protect itself while it encodes, in its own cluster"
  }
  assert {
    condition = alltrue(flatten([for name, role in aws_iam_role_policy.task : [for statement in jsondecode(role.policy).Statement :
      alltrue([for action in statement.Action : !strcontains(action, "*")])
    && (!contains(statement.Resource, "*") || statement.Sid == "ProtectItself")]]))
    error_message = "roles name what they may do, and to what"
  }
  assert {
    condition = alltrue([for statement in jsondecode(aws_iam_role_policy.task["api"].policy).Statement :
    !(contains(statement.Action, "s3:PutObject") && contains(statement.Resource, "${var.buckets.media.arn}/*"))])
    error_message = "an API writes no media"
  }
}
