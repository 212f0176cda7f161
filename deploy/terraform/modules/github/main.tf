# Roles that GitHub's workflows take by their own identity: no key is kept there.

data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

locals {
  # Who may take which role.
  subjects = {
    plan    = "repo:${var.repository}:pull_request"
    publish = "repo:${var.repository}:ref:refs/tags/v*"
    deploy  = "repo:${var.repository}:environment:production"
  }
  images = [
    { Sid = "Token", Effect = "Allow", Resource = ["*"], Action = ["ecr:GetAuthorizationToken"] },
    { Sid = "Images", Effect = "Allow", Resource = var.repository_arns,
      Action = ["ecr:BatchCheckLayerAvailability", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload",
    "ecr:PutImage", "ecr:BatchGetImage", "ecr:DescribeImages", "ecr:DescribeImageScanFindings"] },
  ]
  statements = {
    plan = [
      { Sid = "State", Effect = "Allow", Resource = [var.state_bucket_arn, "${var.state_bucket_arn}/*"],
      Action = ["s3:GetObject", "s3:ListBucket"] },
    ]
    publish = local.images
    deploy = [
      { Sid = "TaskDefinitions", Effect = "Allow", Resource = ["*"],
      Action = ["ecs:DescribeTaskDefinition", "ecs:RegisterTaskDefinition", "ecs:DescribeTasks", "ecs:ListTasks"] },
      { Sid = "Services", Effect = "Allow", Resource = values(var.service_arns),
      Action = ["ecs:UpdateService", "ecs:DescribeServices"] },
      { Sid      = "Migrate", Effect = "Allow", Action = ["ecs:RunTask"],
        Resource = ["arn:aws:ecs:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:task-definition/${var.name}-api:*"],
      Condition = { ArnEquals = { "ecs:cluster" = var.cluster_arn } } },
      { Sid = "HandOverRoles", Effect = "Allow", Resource = values(var.role_arns), Action = ["iam:PassRole"],
      Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } } },
    ]
  }
}

resource "aws_iam_role" "this" {
  for_each = local.subjects
  name     = "${var.name}-github-${each.key}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = aws_iam_openid_connect_provider.github.arn }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" }
        StringLike   = { "token.actions.githubusercontent.com:sub" = each.value }
      }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  for_each = aws_iam_role.this
  name     = each.key
  role     = each.value.id
  policy   = jsonencode({ Version = "2012-10-17", Statement = local.statements[each.key] })
}

# A plan looks at everything.
resource "aws_iam_role_policy_attachment" "plan" {
  role       = aws_iam_role.this["plan"].name
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}
