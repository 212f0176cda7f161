# What each may do, and nothing more. As JSON and not as data sources, so that tests can read it.

locals {
  assumed_by_tasks = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = var.eks_pod_identity ? ["ecs-tasks.amazonaws.com", "pods.eks.amazonaws.com"] : ["ecs-tasks.amazonaws.com"] }
      Action    = var.eks_pod_identity ? ["sts:AssumeRole", "sts:TagSession"] : ["sts:AssumeRole"]
    }]
  })
  objects = {
    api = [
      # Uploads are signed with the API's credentials, so it needs to be allowed what it hands out.
      { Sid = "Uploads", Effect = "Allow", Resource = ["${var.buckets.uploads.arn}/*"],
      Action = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"] },
      { Sid = "Media", Effect = "Allow", Resource = ["${var.buckets.media.arn}/*"], Action = ["s3:GetObject", "s3:DeleteObject"] },
    ]
    worker = [
      { Sid = "Uploads", Effect = "Allow", Resource = ["${var.buckets.uploads.arn}/*"],
      Action = ["s3:GetObject", "s3:DeleteObject", "s3:AbortMultipartUpload"] },
      { Sid = "Media", Effect = "Allow", Resource = ["${var.buckets.media.arn}/*"],
      Action = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"] },
    ]
  }
  shared = [
    { Sid = "Lists", Effect = "Allow", Resource = [var.buckets.uploads.arn, var.buckets.media.arn],
    Action = ["s3:ListBucket", "s3:ListBucketMultipartUploads"] },
    { Sid = "Queues", Effect = "Allow", Resource = [var.queues.first.arn, var.queues.rest.arn, var.queues.dead.arn],
      Action = ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility",
    "sqs:GetQueueUrl", "sqs:GetQueueAttributes"] },
  ]
  protection = [
    # A worker that encodes is not scaled in (SLUICE's task protection, by the agent beside it).
    { Sid    = "ProtectItself", Effect = "Allow", Resource = ["*"],
      Action = ["ecs:GetTaskProtection", "ecs:UpdateTaskProtection"],
    Condition = { ArnEquals = { "ecs:cluster" = aws_ecs_cluster.this.arn } } },
  ]
  keys = var.kms_key_arn == null ? [] : [
    { Sid = "Keys", Effect = "Allow", Resource = [var.kms_key_arn], Action = ["kms:Decrypt", "kms:GenerateDataKey"] },
  ]
}

resource "aws_iam_role" "task" {
  for_each           = toset(["api", "worker"])
  name               = "${var.name}-${each.key}"
  assume_role_policy = local.assumed_by_tasks
}

resource "aws_iam_role_policy" "task" {
  for_each = aws_iam_role.task
  name     = "sluice"
  role     = each.value.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat(local.objects[each.key], local.shared, local.keys, each.key == "worker" ? local.protection : [])
  })
}

# What ECS itself does before a task runs: fetch the image, write the log, hand over the secrets.
resource "aws_iam_role" "execution" {
  name = "${var.name}-execution"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ecs-tasks.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "execution" {
  name = "start"
  role = aws_iam_role.execution.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Token", Effect = "Allow", Resource = ["*"], Action = ["ecr:GetAuthorizationToken"] },
      { Sid = "Images", Effect = "Allow", Resource = var.repository_arns,
      Action = ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"] },
      { Sid = "Logs", Effect = "Allow", Resource = [for group in aws_cloudwatch_log_group.this : "${group.arn}:*"],
      Action = ["logs:CreateLogStream", "logs:PutLogEvents"] },
      { Sid = "Secrets", Effect = "Allow", Resource = [var.database.password_secret_arn, var.cdn.private_key_secret_arn],
      Action = ["secretsmanager:GetSecretValue"] },
    ]
  })
}
