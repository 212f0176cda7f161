#include "app/configuration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/command_line.h"

namespace sluice {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;

GivenSettings given(std::initializer_list<std::pair<std::string, std::string>> values) {
  GivenSettings settings;
  for (const auto& [name, value] : values) settings[name] = {value, "--" + name};
  return settings;
}

Faults faults(const GivenSettings& settings) {
  const auto made = resolve_configuration(settings, {});
  return made ? Faults{} : made.error();
}

TEST(Configuration, NeedsNothing) {
  const auto made = resolve_configuration({}, {.cpus = 6, .terminal = true}).value();
  EXPECT_EQ(made.listen, "127.0.0.1:8080");
  EXPECT_EQ(made.status_listen, "");
  EXPECT_EQ(made.data, "sluice-data");
  EXPECT_EQ(made.database, "sqlite:sluice-data/sluice.db");
  EXPECT_EQ(made.queue, "sql:");
  EXPECT_FALSE(made.cloudfront);
  EXPECT_EQ(made.objects, "sluice-data/objects");
  EXPECT_FALSE(made.s3);
  EXPECT_TRUE(made.has_own_database());
  EXPECT_EQ(made.drain_timeout, seconds{0});
  EXPECT_FALSE(made.webhook_allow_private);
  EXPECT_EQ(made.public_url, "");
  EXPECT_EQ(made.workers, 1);
  EXPECT_EQ(made.threads, 6);
  EXPECT_TRUE(made.allow_signup);
  EXPECT_EQ(made.max_upload_bytes, std::int64_t{64} << 30);
  EXPECT_EQ(made.max_duration, hours{12});
  EXPECT_EQ(made.max_picture_pixels, 8192 * 4320);
  EXPECT_EQ(made.decoder_memory, std::int64_t{8} << 30);
  EXPECT_EQ(made.playback_ttl, minutes{15});
  EXPECT_THAT(made.embed_origins, ElementsAre("*"));
  EXPECT_EQ(made.default_visibility, Visibility::public_);
  EXPECT_EQ(made.log_format, LogFormat::text);
}

TEST(Configuration, KeepsStrangersOutOfAPublicServer) {
  const auto may_sign_up = [](const std::string& listen) {
    return resolve_configuration(given({{"listen", listen}}), {}).value().allow_signup;
  };
  EXPECT_TRUE(may_sign_up("localhost:80"));
  EXPECT_TRUE(may_sign_up("[::1]:80"));
  EXPECT_FALSE(may_sign_up("0.0.0.0:80"));
  EXPECT_FALSE(may_sign_up("[::]:80"));
  EXPECT_TRUE(resolve_configuration(given({{"listen", "0.0.0.0:80"}, {"allow-signup", "true"}}), {})
                  .value()
                  .allow_signup);
}

TEST(Configuration, TakesEverySetting) {
  const auto made = resolve_configuration(given({{"listen", "[::]:0"},
                                                 {"data", "/d"},
                                                 {"public-url", "https://video.example.com/"},
                                                 {"workers", "0"},
                                                 {"threads", "3"},
                                                 {"database", "sqlite:/db/s.db"},
                                                 {"queue", "sql:"},
                                                 {"storage", "file:/objects"},
                                                 {"cdn", "builtin:"},
                                                 {"allow-signup", "false"},
                                                 {"max-upload-bytes", "10GB"},
                                                 {"max-duration", "1h30m"},
                                                 {"max-picture-pixels", "1000000"},
                                                 {"decoder-memory", "2GiB"},
                                                 {"default-visibility", "private"},
                                                 {"playback-ttl", "90"},
                                                 {"drain-timeout", "2m"},
                                                 {"webhook-allow-private", "true"},
                                                 {"embed-origins", "https://a.example"},
                                                 {"log-format", "json"}}),
                                          {.terminal = true})
                        .value();
  EXPECT_EQ(made.listen, "[::]:0");
  EXPECT_EQ(made.database, "sqlite:/db/s.db");
  EXPECT_EQ(made.drain_timeout, minutes{2});
  EXPECT_TRUE(made.webhook_allow_private);
  EXPECT_EQ(made.objects, "/objects");
  EXPECT_EQ(made.public_url, "https://video.example.com");
  EXPECT_EQ(made.workers, 0);
  EXPECT_EQ(made.threads, 3);
  EXPECT_FALSE(made.allow_signup);
  EXPECT_EQ(made.max_upload_bytes, 10'000'000'000);
  EXPECT_EQ(made.max_duration, minutes{90});
  EXPECT_EQ(made.max_picture_pixels, 1'000'000);
  EXPECT_EQ(made.decoder_memory, std::int64_t{2} << 30);
  EXPECT_EQ(made.default_visibility, Visibility::private_);
  EXPECT_EQ(made.playback_ttl, seconds{90});
  EXPECT_THAT(made.embed_origins, ElementsAre("https://a.example"));
  EXPECT_EQ(made.log_format, LogFormat::json);
}

TEST(Configuration, ReportsAllFaultsAtOnce) {
  EXPECT_THAT(faults(given({{"listen", "8080"},
                            {"workers", "-1"},
                            {"threads", "two"},
                            {"max-duration", "long"},
                            {"decoder-memory", "1MB"},
                            {"embed-origins", "a.example"},
                            {"log-format", "xml"}})),
              ElementsAre("--listen: expected HOST:PORT, not \"8080\"",
                          "--workers: expected a number from 0 to 64, not \"-1\"",
                          "--threads: expected a number from 1 to 1024, not \"two\"",
                          "--max-duration: expected a time like 12h, not \"long\"",
                          "--decoder-memory: expected a size like 8GiB, at least 512MiB, not "
                          "\"1MB\"",
                          "--embed-origins: expected *, none or origins like "
                          "https://a.example,https://b.example, not \"a.example\"",
                          "--log-format: expected text or json, not \"xml\""));
}

TEST(Configuration, MakesAPartOfAFleet) {
  const auto made =
      resolve_configuration(given({{"database", "postgresql://user:password@db/sluice"},
                                   {"queue", "amqps://user:password@broker/"},
                                   {"storage", "s3://uploads,media?addressing=path&sse=AES256"},
                                   {"s3-endpoint", "http://127.0.0.1:9000/"},
                                   {"s3-public-endpoint", "https://video.example.com"},
                                   {"s3-region", "eu-west-1"},
                                   {"status-listen", "0.0.0.0:9090"},
                                   {"cdn",
                                    "cloudfront://d1.example.com?key-pair-id=K&"
                                    "private-key=/keys/k.pem"}}),
                            {.worker = true, .region = "us-east-2"})
          .value();
  EXPECT_EQ(made.database, "postgresql://user:password@db/sluice");
  EXPECT_FALSE(made.has_own_database());
  EXPECT_FALSE(made.uses_data_folder());
  EXPECT_EQ(made.queue, "amqps://user:password@broker/");
  ASSERT_TRUE(made.s3);
  EXPECT_EQ(made.s3->uploads_bucket, "uploads");
  EXPECT_EQ(made.s3->media_bucket, "media");
  EXPECT_EQ(made.s3->endpoint, "http://127.0.0.1:9000");
  EXPECT_EQ(made.s3->public_endpoint, "https://video.example.com");
  EXPECT_EQ(made.status_listen, "0.0.0.0:9090");
  EXPECT_EQ(made.s3->region, "eu-west-1");
  EXPECT_EQ(made.s3->addressing, S3Addressing::by_path);
  EXPECT_EQ(made.s3->encryption, S3Encryption::aes256);
  EXPECT_TRUE(made.objects.empty());
  ASSERT_TRUE(made.cloudfront);
  EXPECT_EQ(made.cloudfront->domain, "d1.example.com");
  EXPECT_EQ(made.drain_timeout, seconds{25});
}

TEST(Configuration, TakesTheRegionFromWhereAwsPutsIt) {
  const auto region = [](const std::string& around) {
    const auto made = resolve_configuration(
        given({{"database", "postgresql://db"}, {"storage", "s3://uploads,media"}}),
        {.region = around});
    return made.value().s3->region;
  };
  EXPECT_EQ(region("ap-south-1"), "ap-south-1");
  EXPECT_EQ(region(""), "us-east-1");
}

TEST(Configuration, RefusesPartsThatDoNotFit) {
  EXPECT_THAT(faults(given({{"queue", "amqp://host"}})),
              ElementsAre("--queue: a queue for many workers needs a database for many: "
                          "--database postgresql://…"));
  EXPECT_THAT(faults(given({{"cdn", "cloudfront://d1.example.com?key-pair-id=K&private-key=k"}})),
              ElementsAre("--cdn: CloudFront delivers from a bucket: --storage s3://…"));
  EXPECT_THAT(faults(given({{"s3-region", "eu-west-1"}})),
              ElementsAre("--s3-region needs --storage s3://…"));
  EXPECT_THAT(faults(given({{"queue", "sql:x"}})), ElementsAre("--queue: expected sql: alone"));
}

TEST(Configuration, KeepsPasswordsInUrlsToItself) {
  EXPECT_THAT(faults(given({{"database", "mysql://user:password@db"}})),
              ElementsAre("--database: expected sqlite:…, postgresql://…, postgres://…"));
  EXPECT_THAT(faults(given({{"queue", "redis://user:password@host"}})),
              ElementsAre("--queue: expected sql:…, amqp://…, amqps://…, sqs://…"));
}

TEST(Configuration, SaysWhatIsWrongWithBuckets) {
  const auto fault = [](std::string_view url) {
    const auto parsed = parse_s3_url(url);
    return parsed ? std::string{"fine"} : parsed.error();
  };
  EXPECT_EQ(fault("s3://uploads,media"), "fine");
  EXPECT_EQ(fault("s3://uploads,media?sse=aws:kms&kms-key-id=key"), "fine");
  for (const auto* bad : {"s3://", "s3://uploads", "s3://uploads,", "s3://up,media",
                          "s3://Uploads,media", "s3://uploads/a,media"}) {
    EXPECT_EQ(fault(bad), "expected s3://UPLOADS_BUCKET,MEDIA_BUCKET") << bad;
  }
  EXPECT_EQ(fault("s3://same,same"), "uploads and media need a bucket each");
  EXPECT_EQ(fault("s3://uploads,media?kms-key-id=key"), "kms-key-id needs sse=aws:kms");
  for (const auto* bad : {"?acl=public", "?sse=none", "?addressing", "?kms-key-id=", "?&"}) {
    EXPECT_THAT(fault(std::string{"s3://uploads,media"} + bad),
                testing::StartsWith("after ? there may be"))
        << bad;
  }
}

TEST(Configuration, ReadsDurations) {
  EXPECT_EQ(parse_duration("90"), seconds{90});
  EXPECT_EQ(parse_duration("15m"), minutes{15});
  EXPECT_EQ(parse_duration("1h30m"), minutes{90});
  EXPECT_EQ(parse_duration("2d"), hours{48});
  for (const auto* bad :
       {"", "0", "m", "-5", "5x", "1.5h", "15 m", "99999999999999999999", "9999999999999d"}) {
    EXPECT_EQ(parse_duration(bad), std::nullopt) << bad;
  }
}

TEST(Configuration, ReadsSizes) {
  EXPECT_EQ(parse_bytes("1000"), 1'000);
  EXPECT_EQ(parse_bytes("10MB"), 10'000'000);
  EXPECT_EQ(parse_bytes("10 MiB"), 10 << 20);
  EXPECT_EQ(parse_bytes("64gib"), std::int64_t{64} << 30);
  for (const auto* bad : {"", "0", "-1", "GiB", "1 PB", "1.5GB", "99999999999TB"}) {
    EXPECT_EQ(parse_bytes(bad), std::nullopt) << bad;
  }
}

TEST(ConfigurationFile, NamesSettingsLikeTheFlags) {
  const auto settings =
      settings_from_file("# ours\nlisten = \"127.0.0.1:9000\"\nworkers=2\n", "sluice.toml").value();
  EXPECT_EQ(settings.at("listen").value, "127.0.0.1:9000");
  EXPECT_EQ(settings.at("workers").value, "2");
  EXPECT_EQ(settings.at("workers").origin, "workers in sluice.toml");
}

TEST(ConfigurationFile, RefusesUnknownKeys) {
  const auto settings = settings_from_file("lisen = 1\nworkerz = 2\n", "sluice.toml");
  ASSERT_FALSE(settings);
  EXPECT_THAT(settings.error(), ElementsAre("sluice.toml: unknown key \"lisen\"",
                                            "sluice.toml: unknown key \"workerz\""));
}

TEST(ConfigurationEnvironment, HasAVariableForEverySetting) {
  const auto settings = settings_from_environment([](std::string_view name) {
    return std::optional<std::string>{name == "SLUICE_LISTEN" ? "" : "x"};
  });
  EXPECT_EQ(settings.size(), all_settings().size() - 1);  // an empty one is none
  EXPECT_EQ(settings.at("database").origin, "SLUICE_DATABASE_URL");
}

TEST(ConfigurationOrder, IsCommandLineThenEnvironmentThenFile) {
  const GivenSettings line = {{"listen", {"a", "--listen"}}};
  const GivenSettings environment = {{"listen", {"b", "SLUICE_LISTEN"}},
                                     {"data", {"b", "SLUICE_DATA"}}};
  const GivenSettings file = {
      {"listen", {"c", "file"}}, {"data", {"c", "file"}}, {"threads", {"c", "file"}}};
  const auto merged = merge_settings(line, environment, file);
  EXPECT_EQ(merged.at("listen").value, "a");
  EXPECT_EQ(merged.at("data").value, "b");
  EXPECT_EQ(merged.at("threads").value, "c");
}

TEST(CommandLine, ServesWhenNothingIsSaid) {
  EXPECT_EQ(parse_command_line({}).value().command, Command::serve);
  EXPECT_EQ(parse_command_line({"serve"}).value().command, Command::serve);
}

TEST(CommandLine, TakesFlagsBeforeAndAfterTheCommand) {
  const auto line =
      parse_command_line({"--listen", "127.0.0.1:1", "serve", "--data=/d", "--allow-signup"})
          .value();
  EXPECT_EQ(line.flags.at("listen").value, "127.0.0.1:1");
  EXPECT_EQ(line.flags.at("data").value, "/d");
  EXPECT_EQ(line.flags.at("allow-signup").value, "true");
  EXPECT_EQ(line.flags.size(), 3u);
  EXPECT_EQ(parse_command_line({"--allow-signup=false"}).value().flags.at("allow-signup").value,
            "false");
}

TEST(CommandLine, KnowsEveryCommand) {
  const auto transcode = parse_command_line({"transcode", "in.mp4", "out", "--threads", "2"});
  EXPECT_EQ(transcode->command, Command::transcode);
  EXPECT_EQ(transcode->input, "in.mp4");
  EXPECT_EQ(transcode->output, "out");
  EXPECT_EQ(transcode->flags.at("threads").value, "2");
  EXPECT_EQ(parse_command_line({"worker"})->command, Command::worker);
  EXPECT_EQ(parse_command_line({"probe", "in.mp4"})->command, Command::probe);
  EXPECT_EQ(parse_command_line({"doctor"})->command, Command::doctor);
  EXPECT_EQ(parse_command_line({"migrate"})->command, Command::migrate);
  EXPECT_FALSE(parse_command_line({"healthcheck"})->live);
  EXPECT_TRUE(parse_command_line({"healthcheck", "--live"})->live);
  const auto user = parse_command_line({"user", "add", "user@example.com", "--password-stdin"});
  EXPECT_EQ(user->command, Command::user_add);
  EXPECT_EQ(user->email, "user@example.com");
  EXPECT_TRUE(user->password_stdin);
  const auto token = parse_command_line({"token", "create", "--user", "user@example.com"});
  EXPECT_EQ(token->command, Command::token_create);
  const auto dead = parse_command_line({"queue", "list-dead", "--json"});
  EXPECT_EQ(dead->command, Command::queue_list_dead);
  EXPECT_TRUE(dead->json);
  const auto replay = parse_command_line({"queue", "replay", "17"});
  EXPECT_EQ(replay->command, Command::queue_replay);
  EXPECT_EQ(replay->message, "17");
  EXPECT_EQ(token->email, "user@example.com");
}

TEST(CommandLine, RefusesWhatItDoesNotKnowInOneLine) {
  const auto refusal = [](std::vector<std::string> arguments) {
    const auto line = parse_command_line(arguments);
    EXPECT_FALSE(line);
    if (line) return std::string{};
    EXPECT_EQ(line.error().exit_code, kUsageError);
    EXPECT_EQ(line.error().text.find('\n'), std::string::npos);
    return line.error().text;
  };
  EXPECT_EQ(refusal({"--lisen", "x"}), "sluice: unknown flag --lisen (see sluice --help)");
  EXPECT_EQ(refusal({"sreve"}), "sluice: unexpected argument sreve (see sluice --help)");
  EXPECT_NE(refusal({"probe"}), "");
  EXPECT_NE(refusal({"user"}), "");
  EXPECT_NE(refusal({"token", "create"}), "");
  EXPECT_NE(refusal({"--listen"}), "");
}

TEST(CommandLine, SaysItsVersionAndItsUse) {
  const auto version = parse_command_line({"--version"});
  ASSERT_FALSE(version);
  EXPECT_EQ(version.error().exit_code, 0);
  EXPECT_EQ(version.error().text, "sluice " SLUICE_VERSION "\n");
  const auto help = parse_command_line({"--help"});
  ASSERT_FALSE(help);
  EXPECT_EQ(help.error().exit_code, 0);
  for (const auto& setting : all_settings()) {
    EXPECT_NE(help.error().text.find(setting.environment), std::string::npos) << setting.name;
  }
  EXPECT_EQ(help.error().text.find("engine"), std::string::npos);
}

}  // namespace
}  // namespace sluice
