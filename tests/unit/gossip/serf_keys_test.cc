// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "syncer/wire/gossip/message.h"
#include "tests/unit/gossip/serf_asker.h"

namespace syncer::gossip {
namespace {

const Bytes kOld(16, 'o');
const Bytes kNew(32, 'n');

bool says(const std::vector<Bytes>& answers, std::string_view words) {
  return answers.size() == 1 && answers.front().find(words) != Bytes::npos;
}
/// MessagePack of "Result" with true.
constexpr std::string_view kDone = "Result\xc3";
constexpr std::string_view kFailed = "Result\xc2";

TEST(SerfKeys, AreInstalledUsedAndRemovedAndKept) {
  SerfAsker asker(kOld);
  EXPECT_TRUE(says(asker.ask(KeyVerb::Install, kNew, 1), kDone));
  EXPECT_TRUE(says(asker.ask(KeyVerb::Use, kNew, 2), kDone));
  EXPECT_TRUE(says(asker.ask(KeyVerb::Remove, kOld, 3), kDone));
  EXPECT_EQ(asker.gossip().keys().keys(), std::vector<Bytes>{kNew});
  ASSERT_TRUE(asker.kept());
  EXPECT_EQ(asker.kept()->keys(), std::vector<Bytes>{kNew});
}

TEST(SerfKeys, AreListed) {
  SerfAsker asker(kOld);
  const auto answers = asker.ask(KeyVerb::List, {}, 1);
  EXPECT_TRUE(says(answers, "b29vb29vb29vb29vb29vbw=="));
  EXPECT_TRUE(says(answers, kDone));
}

TEST(SerfKeys, ThatCannotBeAreRefusedInWords) {
  SerfAsker asker(kOld);
  EXPECT_TRUE(says(asker.ask(KeyVerb::Install, Bytes(5, 'x'), 1), "16, 24 or 32"));
  EXPECT_TRUE(says(asker.ask(KeyVerb::Use, kNew, 2), kFailed));
  EXPECT_TRUE(says(asker.ask(KeyVerb::Remove, kOld, 3), "in use"));
  EXPECT_FALSE(asker.kept());
}

TEST(SerfKeys, AreAskedForOnceEach) {
  SerfAsker asker(kOld);
  EXPECT_EQ(asker.ask(KeyVerb::List, {}, 4).size(), 1U);
  EXPECT_EQ(asker.ask(KeyVerb::List, {}, 4).size(), 0U);
  EXPECT_EQ(asker.ask(KeyVerb::List, {}, 3).size(), 1U) << "an older one that was not heard before";
  EXPECT_EQ(asker.ask(KeyVerb::List, {}, std::uint64_t{1} << 40U).size(), 0U) << "from too far ahead";
}

TEST(SerfKeys, AskedOfThePoolArePassedOnAndThoseOfOneMemberAreNot) {
  SerfAsker asker(kOld);
  EXPECT_EQ(asker.ask(KeyVerb::List, {}, 1, true).size(), 1U);
  EXPECT_EQ(asker.queries_within(std::chrono::seconds(2)), 0U);
  EXPECT_EQ(asker.ask(KeyVerb::List, {}, 2).size(), 1U);
  EXPECT_GT(asker.queries_within(std::chrono::seconds(2)), 0U);
}

TEST(SerfKeys, ALongQuestionIsAnsweredButNotPassedOn) {
  SerfAsker asker(kOld);
  EXPECT_TRUE(says(asker.ask(KeyVerb::Install, Bytes(2000, 'x'), 1), "16, 24 or 32"));
  EXPECT_EQ(asker.queries_within(std::chrono::seconds(2)), 0U);
}

TEST(SerfQuery, IsReadAsItIsWritten) {
  const wire::gossip::Query query{9, 0xfeedbeef, Endpoint::v4(127, 0, 0, 1, 7946), true, true, false, "uptime", "x"};
  const Bytes bytes = wire::gossip::encode_query(query);
  const auto read = wire::gossip::decode_query(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->clock, 9U);
  EXPECT_EQ(read->id, 0xfeedbeefU);
  EXPECT_EQ(read->asker, query.asker);
  EXPECT_TRUE(read->wants_ack && read->stays_here && !read->filtered);
  EXPECT_EQ(read->name, "uptime");
  EXPECT_EQ(read->payload, "x");
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    EXPECT_FALSE(wire::gossip::decode_query(ByteView(bytes).substr(0, cut))) << cut;
  }
}

TEST(SerfQuery, AnswersStayBelowTheLimitOfTheAsker) {
  std::vector<Bytes> keys;
  for (char c = 'a'; c < 'a' + 16; ++c) keys.emplace_back(32, c);
  const wire::gossip::Query query{9, 1, {}, false, false, false, "_serf_list-keys", ""};
  const Bytes answer = wire::gossip::encode_key_answer({"", keys});
  const std::string name(128, 'n');
  EXPECT_LE(wire::gossip::encode_query_response(query, name, false, answer).size(), wire::gossip::kMaxAnswer);
}

/// Two hosts of which one hears false accounts of the other.
class Accused : public testing::Test {
 protected:
  void SetUp() override {
    a_ = &net_.add("a", 1);
    b_ = &net_.add("b", 2);
    b_->gossip().set_seeds(net_.now(), {TestNetwork::gossip_address(1)});
    ASSERT_TRUE(
        net_.run_until([&] { return a_->alive_members() == 2 && b_->alive_members() == 2; }, std::chrono::seconds(5)));
  }
  void tell_a(const membership::Message& lie) {
    Bytes bytes;
    wire::gossip::encode(lie, bytes);
    a_->gossip().on_datagram(net_.now(), Endpoint::v4(10, 0, 0, 66, 1), bytes);
  }

  TestNetwork net_;
  TestNetwork::Host* a_ = nullptr;
  TestNetwork::Host* b_ = nullptr;
};

TEST_F(Accused, HearsOfItAtOnceAndRefutes) {
  tell_a(membership::Suspect{9, "b", "liar"});
  EXPECT_EQ(a_->sees("b"), "suspect");
  net_.run_for(std::chrono::milliseconds(15));
  EXPECT_EQ(a_->sees("b"), "alive") << "one round trip is enough";
  EXPECT_EQ(a_->info("b").incarnation, 10U);
}

TEST_F(Accused, ComesBackFromTheDeadAndFromHavingLeft) {
  tell_a(membership::Dead{9, "b", "liar"});
  EXPECT_EQ(a_->sees("b"), "dead");
  net_.run_for(std::chrono::milliseconds(15));
  EXPECT_EQ(a_->sees("b"), "alive");
  tell_a(membership::Dead{20, "b", "b"});
  EXPECT_EQ(a_->sees("b"), "left");
  net_.run_for(std::chrono::milliseconds(15));
  EXPECT_EQ(a_->sees("b"), "alive");
}

}  // namespace
}  // namespace syncer::gossip
