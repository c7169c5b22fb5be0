// SPDX-License-Identifier: Apache-2.0
#include "syncer/policy/policy.h"

#include <gtest/gtest.h>

namespace syncer::policy {
namespace {

std::string refusal(std::string_view text) {
  const auto policy = parse_policy(text);
  return policy ? "" : to_string(policy.error());
}

TEST(Glob, StarsStandForAnyCharactersAndQuestionMarksForOne) {
  EXPECT_TRUE(matches("*", ""));
  EXPECT_TRUE(matches("pay*", "payments"));
  EXPECT_TRUE(matches("*-test", "cart-test"));
  EXPECT_TRUE(matches("a*b*c", "axxbxbxc"));
  EXPECT_TRUE(matches("v?", "v1"));
  EXPECT_FALSE(matches("v?", "v"));
  EXPECT_FALSE(matches("pay", "payments"));
  EXPECT_FALSE(matches("", "x"));
  EXPECT_FALSE(matches("Pay*", "payments"));
}

TEST(Glob, CostsNoMoreThanBothLengths) {
  const std::string text(2000, 'a');
  EXPECT_FALSE(matches("a*a*a*a*a*a*a*a*a*a*a*a*b", text));
}

TEST(Policy, AnEmptyTextIsTheDefault) { EXPECT_EQ(*parse_policy(""), Policy()); }

TEST(Policy, ReadsEverythingThatItKnows) {
  const auto policy = parse_policy(R"({
    "export": [{"name": "no payments", "to": ["west", "eu-*"], "deny": {"app": "pay*", "state": ["DOWN", "STARTING"]}},
               {"allow": {"metadata": {"stage": ["prod", "canary"]}}}],
    "import": [{"from": "west", "deny": {}}],
    "withdrawals-per-second": 5, "confirm-share": "50%"})");
  ASSERT_TRUE(policy) << to_string(policy.error());
  ASSERT_EQ(policy->exports.size(), 2U);
  EXPECT_EQ(policy->exports[0].name, "no payments");
  EXPECT_EQ(policy->exports[0].regions, (Globs{"west", "eu-*"}));
  EXPECT_TRUE(policy->exports[0].denies);
  EXPECT_EQ(policy->exports[0].match.app, Globs{"pay*"});
  EXPECT_EQ(policy->exports[1].name, "export rule 2");
  EXPECT_EQ(policy->exports[1].regions, Globs{"*"});
  EXPECT_EQ(policy->exports[1].match.metadata.at("stage"), (Globs{"prod", "canary"}));
  EXPECT_EQ(policy->imports[0].match, Match());
  EXPECT_EQ(policy->withdrawals_per_second, 5U);
  EXPECT_EQ(policy->confirm_share, (Ratio{1, 2}));
}

TEST(Policy, NamesThePlaceOfAMistakeAndTheWordThatWasMeant) {
  EXPECT_EQ(refusal("[]"), "policy: wants an object");
  EXPECT_EQ(refusal("{"), "policy: is not a JSON object");
  EXPECT_EQ(refusal(R"({"exports": []})"), "policy.exports: is no member that is known here, did you mean \"export\"?");
  EXPECT_EQ(refusal(R"({"export": [{"to": "west"}]})"), "policy.export[0]: wants either \"deny\" or \"allow\"");
  EXPECT_EQ(refusal(R"({"export": [{"deny": {}, "allow": {}}]})"),
            "policy.export[0]: wants either \"deny\" or \"allow\"");
  EXPECT_EQ(refusal(R"({"export": [{"from": "west", "deny": {}}]})").substr(0, 21), "policy.export[0].from");
  EXPECT_EQ(refusal(R"({"import": [{"deny": {"state": "UPP"}}]})"),
            "policy.import[0].deny.state: \"UPP\" is no state of an instance, did you mean \"UP\"?");
  EXPECT_EQ(refusal(R"({"import": [{"deny": {"app": []}}]})"),
            "policy.import[0].deny.app: is an empty list: leave the member out, or name something");
  EXPECT_EQ(refusal(R"({"import": [{"deny": {"app": 7}}]})"),
            "policy.import[0].deny.app: wants a text, in which * and ? stand for others");
  EXPECT_EQ(refusal(R"({"import": [{"deny": {"metadata": {}}}]})"),
            "policy.import[0].deny.metadata: names no key: leave the member out, or name one");
  EXPECT_EQ(refusal(R"({"withdrawals-per-second": 0})"),
            "policy.withdrawals-per-second: wants a whole number from 1 to 1000000");
  EXPECT_EQ(refusal(R"({"confirm-share": 20})"), "policy.confirm-share: wants a share such as \"20%\" or \"1/5\"");
  EXPECT_EQ(refusal(R"({"import": [{"name": "a", "deny": {}}, {"name": "a", "deny": {}}]})"),
            "policy.import[1]: another rule is called \"a\" as well");
}

}  // namespace
}  // namespace syncer::policy
