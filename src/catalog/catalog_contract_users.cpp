#include "catalog/catalog_contract.h"

namespace sluice {
namespace {

TEST_P(CatalogContract, FindsAUserByEMailWithoutRegardToCase) {
  const auto user = users().create_user("Älice@Example.com", "some hash", now()).value();
  EXPECT_EQ(user.email, "Älice@Example.com");
  const auto found = users().find_credentials("äLICE@EXAMPLE.COM").value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->user.id, user.id);
  EXPECT_EQ(found->user.email, "Älice@Example.com");
  EXPECT_EQ(found->password_hash, "some hash");
  EXPECT_FALSE(users().find_credentials("bob@example.com").value());
}

TEST_P(CatalogContract, RefusesASecondAccountForTheSameEMail) {
  const auto first = add_user("user@example.com");
  const auto second = users().create_user("USER@example.com", "another hash", now());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::conflict);
  EXPECT_EQ(second.error().code, "email_taken");
  EXPECT_EQ(users().find_credentials("user@example.com").value()->user.id, first);
}

TEST_P(CatalogContract, ATokenLeadsToItsOwnerUntilItExpires) {
  const auto user = add_user("user@example.com");
  must(users().add_token({"hash-1", user, "session", now(), now() + std::chrono::hours{1}}));
  EXPECT_EQ(users().find_user_by_token("hash-1", now()).value()->id, user);
  EXPECT_EQ(users().find_user_by_token("hash-1", now()).value()->email, "user@example.com");
  EXPECT_FALSE(users().find_user_by_token("hash-2", now()).value());
  pass(std::chrono::hours{1});
  EXPECT_FALSE(users().find_user_by_token("hash-1", now()).value());
}

TEST_P(CatalogContract, ARevokedTokenLeadsNowhere) {
  const auto user = add_user("user@example.com");
  for (const auto* hash : {"hash-1", "hash-2"}) {
    must(users().add_token({hash, user, "session", now(), now() + std::chrono::hours{1}}));
  }
  EXPECT_TRUE(users().revoke_token("hash-1"));
  EXPECT_FALSE(users().find_user_by_token("hash-1", now()).value());
  EXPECT_TRUE(users().find_user_by_token("hash-2", now()).value());
  EXPECT_TRUE(users().revoke_token("hash-1")) << "again";
}

StoredToken api_token(const std::string& name, const UserId& user, Timestamp now) {
  StoredToken token;
  token.hash = "hash of " + name;
  token.user_id = user;
  token.label = name;
  token.created_at = now;
  token.id = TokenId(name);
  return token;
}

std::vector<std::string> labels(const std::vector<StoredToken>& tokens) {
  std::vector<std::string> all;
  for (const auto& token : tokens) all.push_back(token.label);
  return all;
}

TEST_P(CatalogContract, ATokenWithoutAnEndNeverExpires) {
  const auto user = add_user("user@example.com");
  must(users().add_token(api_token("a", user, now())));
  pass(std::chrono::hours{24 * 365 * 50});
  must(users().add_token({"session", user, "session", now(), now() + std::chrono::hours{1}}));
  EXPECT_EQ(users().find_user_by_token("hash of a", now()).value()->id, user);
}

TEST_P(CatalogContract, ListsTheApiTokensOfOneUserNewestFirst) {
  const auto user = add_user("user@example.com");
  must(users().add_token(api_token("first", user, now())));
  pass(std::chrono::seconds{1});
  auto second = api_token("second", user, now());
  second.expires_at = now() + std::chrono::hours{1};
  must(users().add_token(second));
  must(users().add_token({"hash-1", user, "session", now(), now() + std::chrono::hours{1}}));
  must(users().add_token(api_token("another's", add_user("other@example.com"), now())));

  const auto tokens = users().list_tokens(user, now()).value();
  EXPECT_EQ(labels(tokens), (std::vector<std::string>{"second", "first"}));
  EXPECT_EQ(tokens[0].id, TokenId("second"));
  EXPECT_EQ(tokens[0].hash, "hash of second");
  EXPECT_EQ(tokens[0].created_at, now());
  EXPECT_EQ(tokens[0].expires_at, second.expires_at);
  EXPECT_EQ(tokens[1].expires_at, std::nullopt);
  EXPECT_EQ(tokens[1].last_used_at, std::nullopt);
  pass(std::chrono::hours{1});
  EXPECT_EQ(labels(users().list_tokens(user, now()).value()), std::vector<std::string>{"first"});
}

TEST_P(CatalogContract, NotesTheUseOfAnApiTokenToWithinAMinute) {
  const auto user = add_user("user@example.com");
  must(users().add_token(api_token("a", user, now())));
  const auto use = [&] {
    EXPECT_TRUE(users().find_user_by_token("hash of a", now()).value());
    return users().list_tokens(user, now()).value().at(0).last_used_at;
  };
  const auto first = now();
  EXPECT_EQ(use(), first);
  pass(kTokenUsePrecision - std::chrono::milliseconds{1});
  EXPECT_EQ(use(), first);
  pass(std::chrono::milliseconds{1});
  EXPECT_EQ(use(), now());
}

TEST_P(CatalogContract, RemovesATokenForItsOwnerAlone) {
  const auto user = add_user("user@example.com");
  const auto other = add_user("other@example.com");
  must(users().add_token(api_token("a", user, now())));
  EXPECT_EQ(code_of(users().remove_token(other, TokenId("a"))), "token_not_found");
  EXPECT_EQ(code_of(users().remove_token(user, TokenId("b"))), "token_not_found");
  EXPECT_EQ(code_of(users().remove_token(user, TokenId(""))), "token_not_found");
  EXPECT_TRUE(users().find_user_by_token("hash of a", now()).value());
  must(users().remove_token(user, TokenId("a")));
  EXPECT_FALSE(users().find_user_by_token("hash of a", now()).value());
  EXPECT_EQ(code_of(users().remove_token(user, TokenId("a"))), "token_not_found");
}

TEST_P(CatalogContract, TakesTextAsDataAndNeverAsSql) {
  const std::string hostile = "'; DROP TABLE users; -- \" \\ :id $1 ? %_!";
  const auto user = users().create_user(hostile, hostile, now()).value();
  EXPECT_EQ(users().find_credentials(hostile).value()->password_hash, hostile);
  EXPECT_FALSE(users().find_credentials("' OR '1'='1").value());
  must(users().add_token({hostile, user.id, hostile, now(), now() + std::chrono::hours{1}}));
  EXPECT_EQ(users().find_user_by_token(hostile, now()).value()->id, user.id);

  auto video = new_video("v1");
  video.title = hostile;
  video.original_filename = hostile;
  add_video(video);
  EXPECT_EQ(this->video(video.id).title, hostile);
  EXPECT_EQ(this->video(video.id).original_filename, hostile);
  VideoQuery query;
  query.owner = owner();
  query.title_contains = hostile;
  EXPECT_EQ(videos().list_videos(query).value().videos.size(), 1u);
  query.owner = UserId("' OR '1'='1");
  EXPECT_TRUE(videos().list_videos(query).value().videos.empty());
  EXPECT_EQ(code_of(videos().find_video(VideoId(hostile))), "video_not_found");
  EXPECT_FALSE(can_claim(TaskId(hostile)));
}

TEST_P(CatalogContract, KeepsEverythingWhenReopened) {
  const auto video = add_prepared("v1");
  const auto running = claim(task(video, 0));
  must(tasks().record_segments(running, {segment("240p", 0)}, now()));
  must(users().add_token({"hash", owner(), "cli", now(), now() + std::chrono::hours{1}}));
  const auto before = this->video(video);
  const auto waiting = outbox(video);

  reopen();

  EXPECT_EQ(users().find_user_by_token("hash", now()).value()->id, owner());
  const auto after = this->video(video);
  EXPECT_EQ(after.status, before.status);
  EXPECT_EQ(after.updated_at, before.updated_at);
  EXPECT_EQ(after.work_done, before.work_done);
  EXPECT_EQ(after.started_at, before.started_at);
  EXPECT_EQ(after.facts->frame_rate, before.facts->frame_rate);
  EXPECT_EQ(outbox(video), waiting);
  EXPECT_EQ(videos().stored_segments(video, "").value().size(), 1u);
  EXPECT_TRUE(tasks().finish_task(running, now())) << "a claim outlives the catalog";
}

}  // namespace
}  // namespace sluice
