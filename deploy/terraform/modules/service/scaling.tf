# Workers by the work there is: (visible + in flight) / running tasks is held at the target. What is in flight has to be
# counted, or the workers would be taken away from the last messages while they encode them.

locals {
  counts = {
    first_visible = { queue = var.queues.first.name, metric = "ApproximateNumberOfMessagesVisible" }
    first_flight  = { queue = var.queues.first.name, metric = "ApproximateNumberOfMessagesNotVisible" }
    rest_visible  = { queue = var.queues.rest.name, metric = "ApproximateNumberOfMessagesVisible" }
    rest_flight   = { queue = var.queues.rest.name, metric = "ApproximateNumberOfMessagesNotVisible" }
  }
  work = "(${join(" + ", keys(local.counts))})"
}

resource "aws_appautoscaling_target" "worker" {
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${aws_ecs_cluster.this.name}/${aws_ecs_service.worker.name}"
  min_capacity       = var.worker.least
  max_capacity       = var.worker.most
}

resource "aws_appautoscaling_policy" "worker" {
  name               = "${var.name}-worker-backlog"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.worker.service_namespace
  scalable_dimension = aws_appautoscaling_target.worker.scalable_dimension
  resource_id        = aws_appautoscaling_target.worker.resource_id
  target_tracking_scaling_policy_configuration {
    target_value       = var.worker.messages
    scale_out_cooldown = 60
    scale_in_cooldown  = 180
    customized_metric_specification {
      dynamic "metrics" {
        for_each = local.counts
        content {
          id          = metrics.key
          return_data = false
          metric_stat {
            stat = "Maximum"
            metric {
              namespace   = "AWS/SQS"
              metric_name = metrics.value.metric
              dimensions {
                name  = "QueueName"
                value = metrics.value.queue
              }
            }
          }
        }
      }
      metrics {
        id          = "running"
        return_data = false
        metric_stat {
          stat = "Average"
          metric {
            namespace   = "ECS/ContainerInsights"
            metric_name = "RunningTaskCount"
            dimensions {
              name  = "ClusterName"
              value = aws_ecs_cluster.this.name
            }
            dimensions {
              name  = "ServiceName"
              value = aws_ecs_service.worker.name
            }
          }
        }
      }
      metrics {
        id          = "backlog"
        label       = "messages for each worker"
        expression  = "${local.work} / IF(FILL(running, 0) > 0, running, 1)"
        return_data = true
      }
    }
  }
}

# From none: nothing can be divided by no tasks, so the first worker comes as soon as there is anything to do.
resource "aws_appautoscaling_policy" "first_worker" {
  name               = "${var.name}-first-worker"
  policy_type        = "StepScaling"
  service_namespace  = aws_appautoscaling_target.worker.service_namespace
  scalable_dimension = aws_appautoscaling_target.worker.scalable_dimension
  resource_id        = aws_appautoscaling_target.worker.resource_id
  step_scaling_policy_configuration {
    adjustment_type         = "ChangeInCapacity"
    metric_aggregation_type = "Maximum"
    cooldown                = 60
    step_adjustment {
      metric_interval_lower_bound = 0
      scaling_adjustment          = 1
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "work_without_workers" {
  alarm_name          = "${var.name}-work-without-workers"
  alarm_description   = "Messages wait and nobody is there: starts the first worker. Not an alarm for people."
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_appautoscaling_policy.first_worker.arn]

  dynamic "metric_query" {
    for_each = { for id, count in local.counts : id => count if endswith(id, "visible") }
    content {
      id = metric_query.key
      metric {
        namespace   = "AWS/SQS"
        metric_name = metric_query.value.metric
        period      = 60
        stat        = "Maximum"
        dimensions  = { QueueName = metric_query.value.queue }
      }
    }
  }
  metric_query {
    id = "running"
    metric {
      namespace   = "ECS/ContainerInsights"
      metric_name = "RunningTaskCount"
      period      = 60
      stat        = "Average"
      dimensions  = { ClusterName = aws_ecs_cluster.this.name, ServiceName = aws_ecs_service.worker.name }
    }
  }
  metric_query {
    id          = "waiting"
    label       = "messages that wait for the first worker"
    expression  = "IF(FILL(running, 0) < 1, first_visible + rest_visible, 0)"
    return_data = true
  }
}
