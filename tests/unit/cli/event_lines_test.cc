// SPDX-License-Identifier: Apache-2.0
#include "syncer/cli/event_lines.h"

#include <gtest/gtest.h>

namespace syncer::cli {
namespace {

TEST(EventLines, BytesMayBeCutAnywhere) {
  const std::string text = "retry: 2000\n\nid: 1\ndata: {\"id\":1}\n\n:\n\nid: 2\ndata: {\"id\":2}\n\n";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    EventLines lines;
    std::vector<std::string> all = lines.feed(text.substr(0, cut));
    for (std::string& one : lines.feed(text.substr(cut))) all.push_back(std::move(one));
    EXPECT_EQ(all, (std::vector<std::string>{"{\"id\":1}", "{\"id\":2}"})) << cut;
  }
}

TEST(EventLines, PeopleReadOneLineAnEvent) {
  EXPECT_EQ(event_line(R"({"id":7,"time":"2026-01-02T03:04:05.006Z","level":"warning","event":"guard.tripped",)"
                       R"("region":"east","held":7,"evidence":"so it is"})"),
            R"(2026-01-02T03:04:05.006Z warning guard.tripped region=east held=7 evidence="so it is")");
}

TEST(EventLines, NoByteOfAnEventCommandsTheTerminal) {
  for (const char* json : {"{\"event\":\"a\\u001b[2J\",\"region\":\"\\u009b1m\"}", "\x1b[2J", "{}", "[1"}) {
    for (const char c : event_line(json)) EXPECT_TRUE(c >= ' ' && c <= '~') << json;
  }
}

}  // namespace
}  // namespace syncer::cli
