// SPDX-License-Identifier: Apache-2.0
#include "syncer/store/file.h"
#include "tests/e2e/region.h"

namespace e2e {
namespace {

/// The first block of shell commands below a heading of a page.
std::string shell_block(const std::string& page, const std::string& heading) {
  const std::string text = syncer::store::read_file(page, 1U << 20U).value().value();
  const std::size_t section = text.find("\n## " + heading + "\n");
  const std::size_t begin = text.find("\n```sh\n", section);
  if (section == std::string::npos || begin == std::string::npos) return "";
  const std::size_t code = begin + 7;
  return text.substr(code, text.find("\n```", code) - code + 1);
}

TEST(SecurityPage, TheCommandWithCertificatesWorksAsItStands) {
  const std::string command =
      shell_block(SYNCER_SOURCE_DIR "/docs/security.md", "Two regions, real processes, certificates");
  ASSERT_NE(command.find("syncer tls ca create"), std::string::npos) << "the page has another heading";
  const Workplace checkout;
  std::filesystem::create_directory_symlink(SYNCER_BUILD_DIR, checkout.path() + "/build");
  // As into a terminal: from the checkout's folder, nothing else given.
  Process shell({"/bin/bash", "-c", "cd \"$0\" && eval \"$1\"", checkout.path(), command},
                {"TMPDIR=" + checkout.path(), "XDG_STATE_HOME=" + checkout.path()});
  EXPECT_EQ(shell.wait_for_exit(seconds(80)), 0) << shell.output();
  const std::string output = shell.output();
  const std::size_t answer = output.find("west answers: ");
  ASSERT_NE(answer, std::string::npos) << output;
  EXPECT_NE(output.find("rest://10.1.0.7:8080", answer), std::string::npos) << output;
  EXPECT_NE(output.find("the handshake succeeds at both ends"), std::string::npos) << output;
  EXPECT_NE(output.find("syncer://west/sync+voter"), std::string::npos) << output;
}

}  // namespace
}  // namespace e2e
