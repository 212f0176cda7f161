# What somebody should look at. docs/operations.md says what each of them means and what to do.

resource "aws_sns_topic" "this" {
  name = "${var.name}-alarms"
}

resource "aws_sns_topic_subscription" "mail" {
  for_each  = toset(var.emails)
  topic_arn = aws_sns_topic.this.arn
  protocol  = "email"
  endpoint  = each.value
}

locals {
  alarms = {
    dead-letters = {
      text       = "A message was given up: its video has failed. `sluice queue list-dead`"
      namespace  = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible", stat = "Maximum"
      dimensions = { QueueName = var.queues.dead.name }
      threshold  = 0, periods = 1
    }
    first-waits = {
      text       = "Somebody has waited for a first picture for more than five minutes."
      namespace  = "AWS/SQS", metric = "ApproximateAgeOfOldestMessage", stat = "Maximum"
      dimensions = { QueueName = var.queues.first.name }
      threshold  = 300, periods = 3
    }
    rest-waits = {
      text       = "The rest of a video has waited for more than an hour: are there enough workers?"
      namespace  = "AWS/SQS", metric = "ApproximateAgeOfOldestMessage", stat = "Maximum"
      dimensions = { QueueName = var.queues.rest.name }
      threshold  = 3600, periods = 3
    }
    api-errors = {
      text       = "The API answers with errors of its own."
      namespace  = "AWS/ApplicationELB", metric = "HTTPCode_Target_5XX_Count", stat = "Sum"
      dimensions = { LoadBalancer = var.balancer.suffix }
      threshold  = 10, periods = 2
    }
    api-unhealthy = {
      text       = "An API is not ready: database or buckets?"
      namespace  = "AWS/ApplicationELB", metric = "UnHealthyHostCount", stat = "Maximum"
      dimensions = { LoadBalancer = var.balancer.suffix, TargetGroup = var.balancer.target_group }
      threshold  = 0, periods = 5
    }
    tasks-failed = {
      text       = "Tasks of videos failed for good."
      namespace  = "Sluice/${var.name}", metric = "TasksFailed", stat = "Sum"
      dimensions = {}
      threshold  = 5, periods = 1
    }
    database-cpu = {
      text       = "The database is busy."
      namespace  = "AWS/RDS", metric = "CPUUtilization", stat = "Average"
      dimensions = { DBInstanceIdentifier = var.database_identifier }
      threshold  = 80, periods = 10
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each            = local.alarms
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.text
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  statistic           = each.value.stat
  dimensions          = each.value.dimensions
  period              = 60
  evaluation_periods  = each.value.periods
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.this.arn]
  ok_actions          = [aws_sns_topic.this.arn]
}

resource "aws_cloudwatch_metric_alarm" "database_storage" {
  alarm_name          = "${var.name}-database-storage"
  alarm_description   = "The database has less than 4 GiB left."
  namespace           = "AWS/RDS"
  metric_name         = "FreeStorageSpace"
  statistic           = "Minimum"
  dimensions          = { DBInstanceIdentifier = var.database_identifier }
  period              = 300
  evaluation_periods  = 2
  comparison_operator = "LessThanThreshold"
  threshold           = 4294967296
  alarm_actions       = [aws_sns_topic.this.arn]
}

# Workers write a line for each task; those that failed for good are counted.
resource "aws_cloudwatch_log_metric_filter" "tasks_failed" {
  name           = "${var.name}-tasks-failed"
  log_group_name = var.log_groups.worker
  pattern        = "{ $.message = \"task failed\" }"
  metric_transformation {
    namespace     = "Sluice/${var.name}"
    name          = "TasksFailed"
    value         = "1"
    default_value = "0"
  }
}
