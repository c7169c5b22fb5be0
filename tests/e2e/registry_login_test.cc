// SPDX-License-Identifier: Apache-2.0
// A registry that wants a name and a password.
#include <sys/stat.h>

#include <fstream>

#include "tests/e2e/region.h"

namespace e2e {
namespace {

class RegistryLogin : public testing::Test {
 protected:
  std::string password_file(const std::string& text, mode_t mode = 0600) const {
    const std::string path = workplace_.path() + "/password";
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
    return path;
  }
  std::vector<std::string> with_password(const std::string& text) const {
    auto all = words("east", registry_.sc.origin());
    all.insert(all.end(), {"--registry.user", "syncer", "--registry.password-file", password_file(text)});
    return all;
  }

  Workplace workplace_;
  // Tokens end while the test looks on.
  Registry registry_{{"127.0.0.1:0"}, {"--account", "syncer:Secret#1", "--token-life", "2s"}};
};

TEST_F(RegistryLogin, ASyncerThatKnowsThePasswordIsReadyAndStaysSo) {
  const Syncer syncer(workplace_, with_password("Secret#1\n"));
  EXPECT_TRUE(syncer.process.wait_for_line({"node.ready"}, seconds(20))) << syncer.process.output();
  const auto begun = std::chrono::steady_clock::now();
  bool was_ready = true;
  eventually(seconds(6), [&] {
    was_ready = was_ready && syncer.status("/registry/reachable") == "true";
    return std::chrono::steady_clock::now() - begun > seconds(5);
  });
  EXPECT_TRUE(was_ready) << "tokens ended meanwhile: " << syncer.process.output();
  EXPECT_EQ(syncer.process.output().find("Secret#1"), std::string::npos);
}

TEST_F(RegistryLogin, AWrongPasswordIsNamedAndNotTriedOn) {
  const Syncer syncer(workplace_, with_password("Secret#2\n"));
  EXPECT_TRUE(syncer.process.wait_for_line({"registry.refusal", "the login as \\\"syncer\\\" failed"}, seconds(20)))
      << syncer.process.output();
  Process command({syncer_program(), "status", "--check", "--node", "east"}, workplace_.environment());
  EXPECT_EQ(command.wait_for_exit(seconds(10)), 4) << command.output();
  EXPECT_NE(command.output().find("401202"), std::string::npos) << command.output();
  EXPECT_EQ(command.output().find("Secret#2"), std::string::npos);
}

TEST_F(RegistryLogin, APasswordThatOthersMayReadIsNotUsed) {
  const std::string path = password_file("Secret#1\n", 0644);
  Process process({syncer_program(), "daemon", "--node", "east", "--bind-addr", "127.0.0.1:0", "--rpc-addr",
                   "127.0.0.1:0", "--registry.user", "syncer", "--registry.password-file", path},
                  workplace_.environment());
  EXPECT_EQ(process.wait_for_exit(seconds(10)), 1);
  EXPECT_NE(process.output().find("chmod 600"), std::string::npos) << process.output();
}

}  // namespace
}  // namespace e2e
