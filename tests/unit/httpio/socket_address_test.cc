// SPDX-License-Identifier: Apache-2.0
#include "syncer/httpio/socket_address.h"

#include <gtest/gtest.h>

namespace syncer::httpio {
namespace {

TEST(SocketAddress, IsAPathOrAnAddressAndReadsItselfBack) {
  for (const char* text : {"unix:/run/syncer/admin.socket", "127.0.0.1:30199", "[::1]:30199"}) {
    const auto address = parse_socket_address(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(to_string(*address), text);
  }
  EXPECT_EQ(parse_socket_address("/run/a")->path, "/run/a");
  EXPECT_EQ(parse_socket_address("unix:a")->path, "a") << "of the working directory";
}

TEST(SocketAddress, IsRefusedInWordsWhenItIsNone) {
  for (const std::string text : {"", "unix:", "localhost", "a:b"}) EXPECT_FALSE(parse_socket_address(text)) << text;
  EXPECT_TRUE(parse_socket_address("/" + std::string(106, 'a')));
  const auto long_path = parse_socket_address("/" + std::string(107, 'a'));
  ASSERT_FALSE(long_path);
  EXPECT_NE(long_path.error().detail.find("107 bytes"), std::string::npos) << long_path.error().detail;
}

}  // namespace
}  // namespace syncer::httpio
