# API and workers on Fargate, and the load balancer in front of the API.

locals {
  environment = {
    SLUICE_PUBLIC_URL    = var.public_url
    SLUICE_DATABASE_URL  = var.database.url
    SLUICE_QUEUE_URL     = "sqs://${var.region}/${var.name}"
    SLUICE_STORAGE_URL   = "s3://${var.buckets.uploads.name},${var.buckets.media.name}"
    SLUICE_S3_REGION     = var.region
    SLUICE_STATUS_LISTEN = "0.0.0.0:9090"
    SLUICE_LOG_FORMAT    = "json"
    # Threads are the task's CPUs: Fargate sets no quota that the process could see.
  }
  database_password = { name = "PGPASSWORD", valueFrom = var.database.password_secret_arn }
  log = {
    for component in ["api", "worker"] : component => {
      logDriver = "awslogs"
      options = {
        "awslogs-group"         = aws_cloudwatch_log_group.this[component].name
        "awslogs-region"        = var.region
        "awslogs-stream-prefix" = component
        # A log that can't be written must not stop an encoder.
        "mode"            = "non-blocking"
        "max-buffer-size" = "4m"
      }
    }
  }
  hardened = {
    essential              = true
    user                   = "10001:10001"
    readonlyRootFilesystem = true
    linuxParameters        = { initProcessEnabled = true, capabilities = { drop = ["ALL"] } }
  }
}

resource "aws_cloudwatch_log_group" "this" {
  for_each          = toset(["api", "worker"])
  name              = "/${var.name}/${each.key}"
  retention_in_days = var.log_days
}

resource "aws_ecs_cluster" "this" {
  name = var.name
  setting {
    # The number of running tasks, by which the workers are scaled, is one of its metrics.
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_ecs_cluster_capacity_providers" "this" {
  cluster_name       = aws_ecs_cluster.this.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]
}

# --- API

resource "aws_ecs_task_definition" "api" {
  family                   = "${var.name}-api"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.api.cpu
  memory                   = var.api.memory
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task["api"].arn
  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = "X86_64"
  }
  container_definitions = jsonencode([merge(local.hardened, {
    name        = "api"
    image       = var.api.image
    command     = ["serve", "--workers", "0"]
    stopTimeout = 30
    portMappings = [
      { containerPort = 8080, protocol = "tcp" },
      { containerPort = 9090, protocol = "tcp" },
    ]
    environment = [for name, value in merge(local.environment, {
      SLUICE_LISTEN       = "0.0.0.0:8080"
      SLUICE_CDN_URL      = var.cdn.url
      SLUICE_ALLOW_SIGNUP = tostring(var.allow_signup)
    }) : { name = name, value = value }]
    secrets = [
      local.database_password,
      { name = "CLOUDFRONT_PRIVATE_KEY", valueFrom = var.cdn.private_key_secret_arn },
    ]
    healthCheck = {
      command = ["CMD", "sluice", "healthcheck", "--live"]
      # In seconds.
      interval = 15, timeout = 10, retries = 4, startPeriod = 60
    }
    logConfiguration = local.log["api"]
  })])
}

resource "aws_ecs_service" "api" {
  name                               = "api"
  cluster                            = aws_ecs_cluster.this.id
  task_definition                    = aws_ecs_task_definition.api.arn
  desired_count                      = var.api.least
  launch_type                        = "FARGATE"
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  health_check_grace_period_seconds  = 60
  propagate_tags                     = "SERVICE"
  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }
  network_configuration {
    subnets         = var.private_subnet_ids
    security_groups = [aws_security_group.api.id]
  }
  load_balancer {
    target_group_arn = aws_lb_target_group.api.arn
    container_name   = "api"
    container_port   = 8080
  }
  depends_on = [aws_lb_listener.https]
  lifecycle {
    ignore_changes = [desired_count]
  }
}

resource "aws_appautoscaling_target" "api" {
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${aws_ecs_cluster.this.name}/${aws_ecs_service.api.name}"
  min_capacity       = var.api.least
  max_capacity       = var.api.most
}

resource "aws_appautoscaling_policy" "api" {
  name               = "${var.name}-api-cpu"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.api.service_namespace
  scalable_dimension = aws_appautoscaling_target.api.scalable_dimension
  resource_id        = aws_appautoscaling_target.api.resource_id
  target_tracking_scaling_policy_configuration {
    target_value = 60
    predefined_metric_specification {
      predefined_metric_type = "ECSServiceAverageCPUUtilization"
    }
  }
}

# --- Workers

resource "aws_ecs_task_definition" "worker" {
  family                   = "${var.name}-worker"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.worker.cpu
  memory                   = var.worker.memory
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task["worker"].arn
  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = "X86_64"
  }
  container_definitions = jsonencode([merge(local.hardened, {
    name    = "worker"
    image   = var.worker.image
    command = ["worker"]
    # The most that Fargate allows; it is protected from being scaled in while it encodes.
    stopTimeout  = 120
    portMappings = [{ containerPort = 9090, protocol = "tcp" }]
    environment = [for name, value in merge(local.environment, {
      SLUICE_DRAIN_TIMEOUT = "100s"
      SLUICE_THREADS       = tostring(max(1, floor(var.worker.cpu / 1024)))
    }) : { name = name, value = value }]
    secrets = [local.database_password]
    healthCheck = {
      command  = ["CMD", "sluice", "healthcheck", "--live"]
      interval = 15, timeout = 10, retries = 4, startPeriod = 60
    }
    logConfiguration = local.log["worker"]
  })])
}

resource "aws_ecs_service" "worker" {
  name                               = "worker"
  cluster                            = aws_ecs_cluster.this.id
  task_definition                    = aws_ecs_task_definition.worker.arn
  desired_count                      = var.worker.least
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  propagate_tags                     = "SERVICE"
  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }
  capacity_provider_strategy {
    capacity_provider = var.worker.spot ? "FARGATE_SPOT" : "FARGATE"
    weight            = 1
  }
  network_configuration {
    subnets         = var.private_subnet_ids
    security_groups = [aws_security_group.worker.id]
  }
  lifecycle {
    ignore_changes = [desired_count]
  }
}

# --- The load balancer

resource "aws_lb" "this" {
  name                       = var.name
  load_balancer_type         = "application"
  subnets                    = var.public_subnet_ids
  security_groups            = [aws_security_group.balancer.id]
  drop_invalid_header_fields = true
  # Events of a video may be far apart.
  idle_timeout = 300
}

resource "aws_lb_target_group" "api" {
  name                 = "${var.name}-api"
  vpc_id               = var.vpc_id
  target_type          = "ip"
  protocol             = "HTTP"
  port                 = 8080
  deregistration_delay = 20
  health_check {
    path                = "/readyz"
    port                = "9090"
    matcher             = "200"
    interval            = 10
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.this.arn
  protocol          = "HTTPS"
  port              = 443
  certificate_arn   = var.certificate_arn
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.api.arn
  }
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.this.arn
  protocol          = "HTTP"
  port              = 80
  default_action {
    type = "redirect"
    redirect {
      protocol    = "HTTPS"
      port        = "443"
      status_code = "HTTP_301"
    }
  }
}

# --- Who may speak with whom

resource "aws_security_group" "balancer" {
  name        = "${var.name}-balancer"
  description = "Visitors"
  vpc_id      = var.vpc_id
}

resource "aws_security_group" "api" {
  name        = "${var.name}-api"
  description = "The load balancer"
  vpc_id      = var.vpc_id
}

resource "aws_security_group" "worker" {
  name        = "${var.name}-worker"
  description = "Nobody"
  vpc_id      = var.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "visitors" {
  for_each          = toset(["80", "443"])
  security_group_id = aws_security_group.balancer.id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = tonumber(each.key)
  to_port           = tonumber(each.key)
}

resource "aws_vpc_security_group_ingress_rule" "balancer_to_api" {
  for_each                     = toset(["8080", "9090"])
  security_group_id            = aws_security_group.api.id
  referenced_security_group_id = aws_security_group.balancer.id
  ip_protocol                  = "tcp"
  from_port                    = tonumber(each.key)
  to_port                      = tonumber(each.key)
}

resource "aws_vpc_security_group_egress_rule" "out" {
  for_each = {
    balancer = aws_security_group.balancer.id
    api      = aws_security_group.api.id
    worker   = aws_security_group.worker.id
  }
  security_group_id = each.value
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}
