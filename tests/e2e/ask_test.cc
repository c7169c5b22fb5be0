// SPDX-License-Identifier: Apache-2.0
// What operators ask a running syncer, with the commands they have for it.
#include "tests/e2e/region.h"

namespace e2e {
namespace {

class Ask : public testing::Test {
 protected:
  std::vector<std::string> line(const Syncer& syncer, std::vector<std::string> words) {
    words.insert(words.begin(), syncer_program());
    words.insert(words.end(), {"--admin", syncer.admin});
    return words;
  }
  struct Ended {
    int code;
    std::string output;
  };
  Ended run(const Syncer& syncer, std::vector<std::string> words) {
    Process process(line(syncer, std::move(words)), workplace_.environment());
    const int code = process.wait_for_exit(seconds(15)).value_or(-1);
    return {code, process.output()};
  }

  Workplace workplace_;
};

TEST_F(Ask, EventsAreShownAndFollowedAndEachManualActNamesWhoAsked) {
  Registry registry;
  Syncer syncer(workplace_, words("alone", registry.sc.origin()));
  ASSERT_TRUE(eventually(seconds(15), [&] { return syncer.status("/ready") == "true"; }));
  EXPECT_NE(run(syncer, {"events"}).output.find(" node.ready "), std::string::npos) << run(syncer, {"events"}).output;
  EXPECT_EQ(run(syncer, {"events", "--kind", "guard"}).output, "");
  EXPECT_EQ(run(syncer, {"events", "--kind", "guart"}).code, 1);
  Process follower(line(syncer, {"events", "--follow", "--kind", "operator", "--output", "json"}),
                   workplace_.environment());
  EXPECT_EQ(run(syncer, {"guard", "release", "--all"}).code, 0);
  const auto seen = follower.wait_for_line({"operator.command", "/v1/guard/release", "\"by\":\"uid "}, seconds(10));
  EXPECT_TRUE(seen) << follower.output();
  syncer.process.signal(SIGTERM);
  EXPECT_EQ(follower.wait_for_exit(seconds(20)), 3) << "the syncer is gone: " << follower.output();
}

TEST_F(Ask, AnInstanceIsExplainedThroughBothRegionsAndListedInEach) {
  Region east(workplace_, "east");
  Region west(workplace_, "west", east.syncer.rpc);
  const Registered cart(east.registry.sc, "cart", "rest://10.9.0.1:8080");
  ASSERT_TRUE(eventually(seconds(30), [&] { return cart.visible_in(west.registry.sc); }));
  ASSERT_TRUE(eventually(seconds(15), [&] { return east.syncer.status("/ready") == "true"; }));
  const Ended text = run(east.syncer, {"explain", "cart"});
  EXPECT_EQ(text.code, 0);
  for (const char* part : {"region east (east):", "region west", "sent to west", "all is done", "written", "renewed"}) {
    EXPECT_NE(text.output.find(part), std::string::npos) << part << " is missing in\n" << text.output;
  }
  const Ended json = run(east.syncer, {"explain", cart.id, "--output", "json"});
  EXPECT_NE(json.output.find("\"schema\": \"syncer/explain/1\""), std::string::npos) << json.output;
  EXPECT_NE(run(west.syncer, {"copies"}).output.find("cart"), std::string::npos);
  EXPECT_NE(run(west.syncer, {"copies", "--output", "json"}).output.find("\"syncer/copies/1\""), std::string::npos);
  EXPECT_NE(run(west.syncer, {"services"}).output.find("east 1"), std::string::npos)
      << run(west.syncer, {"services"}).output;
  EXPECT_EQ(run(west.syncer, {"diff", "east", "west"}).output.find("cart"), std::string::npos);
  const Registered home(east.registry.sc, "KIE", "rest://10.9.0.2:8080");
  EXPECT_TRUE(eventually(seconds(15), [&] {
    return run(west.syncer, {"diff", "west", "east"}).output.find("exclude-services") != std::string::npos;
  })) << run(west.syncer, {"diff", "west", "east"}).output;
  EXPECT_NE(run(west.syncer, {"diff", "west", "nowhere"}).output.find("no other region is known"), std::string::npos);
  const Ended top = run(west.syncer, {"top", "--count", "2", "--interval", "100ms"});
  EXPECT_EQ(top.code, 0) << top.output;
  EXPECT_NE(top.output.find("link.up"), std::string::npos) << top.output;
}

}  // namespace
}  // namespace e2e
