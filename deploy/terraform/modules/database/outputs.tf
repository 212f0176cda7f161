# Without the password, which libpq takes from PGPASSWORD.
output "url" {
  value = "postgresql://sluice@${aws_db_instance.this.address}:5432/sluice?sslmode=require"
}

output "password_secret_arn" {
  value = aws_secretsmanager_secret.database.arn
}

output "identifier" {
  value = aws_db_instance.this.identifier
}
