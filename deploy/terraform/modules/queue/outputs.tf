output "first" {
  value = { name = aws_sqs_queue.lane["first"].name, arn = aws_sqs_queue.lane["first"].arn }
}

output "rest" {
  value = { name = aws_sqs_queue.lane["rest"].name, arn = aws_sqs_queue.lane["rest"].arn }
}

output "dead" {
  value = { name = aws_sqs_queue.dead.name, arn = aws_sqs_queue.dead.arn }
}
