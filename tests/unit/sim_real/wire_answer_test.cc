// SPDX-License-Identifier: Apache-2.0
#include "sim/real/registries/wire_answer.h"

#include <gtest/gtest.h>

namespace sim::real {
namespace {

const syncer::HttpResponse kAnswer{200, {{"Content-Type", "application/json"}, {"Content-Encoding", "gzip"}}, "{}"};

TEST(WireAnswer, HasItsLengthAndNotWhatIsTheConnections) {
  EXPECT_EQ(wire_answer(kAnswer, {}),
            "HTTP/1.1 200 Answer\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
}

TEST(WireAnswer, ThatIsCutPromisesMore) {
  EXPECT_NE(wire_answer(kAnswer, {.is_cut = true}).find("Content-Length: 5\r\n\r\n{}"), std::string::npos);
}

TEST(WireAnswer, ToAHeadAndWithoutABodyEndsAtItsHead) {
  EXPECT_TRUE(wire_answer(kAnswer, {.is_head = true}).ends_with("Content-Length: 2\r\n\r\n"));
  EXPECT_EQ(wire_answer({304, {}, "x"}, {}), "HTTP/1.1 304 Answer\r\n\r\n");
  EXPECT_EQ(wire_answer({204, {}, ""}, {}), "HTTP/1.1 204 Answer\r\n\r\n");
}

TEST(WireAnswer, SaysThatTheConnectionEnds) {
  EXPECT_NE(wire_answer(kAnswer, {.keeps = false}).find("Connection: close\r\n"), std::string::npos);
}

}  // namespace
}  // namespace sim::real
