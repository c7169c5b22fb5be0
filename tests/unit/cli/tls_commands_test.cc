// SPDX-License-Identifier: Apache-2.0
#include "syncer/cli/tls_commands.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <sstream>

#include "tests/support/pki.h"

namespace syncer::cli {
namespace {

/// Commands whose files go into a folder of their own.
class TlsCommands : public testing::Test {
 protected:
  TlsArguments in_folder(const std::string& region = "") {
    TlsArguments arguments;
    arguments.directory = pki.path(".");
    arguments.region = region;
    return arguments;
  }
  /// What it says; of an error its text.
  static std::string run(Result<void> (*command)(const TlsArguments&, std::ostream&), const TlsArguments& arguments) {
    std::ostringstream out;
    const auto done = command(arguments, out);
    return done ? out.str() : "error: " + to_string(done.error());
  }
  static bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }
  TlsArguments files(const std::string& name) {
    TlsArguments arguments;
    arguments.ca_file = pki.path("syncer-ca.pem");
    arguments.cert_file = pki.path(name + ".pem");
    arguments.key_file = pki.path(name + "-key.pem");
    return arguments;
  }
  test::Pki pki;
};

TEST_F(TlsCommands, MakeFilesThatWorkTogether) {
  EXPECT_TRUE(says(run(create_ca_files, in_folder()), "syncer-ca.pem"));
  EXPECT_TRUE(says(run(create_certificate_files, in_folder("east")), "east-syncer-0.pem"));
  EXPECT_TRUE(says(run(create_certificate_files, in_folder("east")), "east-syncer-1.pem"));
  TlsArguments west = in_folder("west");
  west.node = "w1";
  west.roles = {"sync"};
  EXPECT_TRUE(says(run(create_certificate_files, west), "west-w1.pem"));
  TlsArguments verify = files("east-syncer-0");
  verify.peer_cert_file = pki.path("west-w1.pem");
  const std::string text = run(verify_files, verify);
  EXPECT_TRUE(says(text, "both ends believe each other")) << text;
  EXPECT_TRUE(says(text, "sync, voter")) << text;
  struct stat found {};
  ASSERT_EQ(::stat(pki.path("east-syncer-0-key.pem").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0600U);
}

TEST_F(TlsCommands, OverwriteNothing) {
  run(create_ca_files, in_folder());
  EXPECT_TRUE(says(run(create_ca_files, in_folder()), "exists already and is not overwritten"));
}

TEST_F(TlsCommands, LeaveNothingWhereTheDiskIsFull) {
  ::signal(SIGXFSZ, SIG_IGN);
  struct rlimit before {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  for (const rlim_t room : {rlim_t{0}, rlim_t{400}}) {  // none for the key; for the key and not for the certificate
    const struct rlimit small { room, before.rlim_max };
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    const std::string told = run(create_ca_files, in_folder());
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    EXPECT_TRUE(says(told, "error: ")) << told;
    for (const char* name : {"syncer-ca.pem", "syncer-ca-key.pem"}) {
      EXPECT_NE(::access(pki.path(name).c_str(), F_OK), 0) << name << " with room for " << room;
    }
  }
  EXPECT_TRUE(says(run(create_ca_files, in_folder()), "syncer-ca.pem")) << "it can be tried again";
}

TEST_F(TlsCommands, SayWhatIsMissing) {
  EXPECT_TRUE(says(run(create_certificate_files, in_folder("east")), "\"syncer tls ca create\" makes a CA"));
  run(create_ca_files, in_folder());
  EXPECT_TRUE(says(run(create_certificate_files, in_folder("a/b")), "--region"));
}

TEST_F(TlsCommands, BindTheCaOfARegionToIt) {
  run(create_ca_files, in_folder());
  EXPECT_TRUE(says(run(create_ca_files, in_folder("east")), "east-ca.pem"));
  TlsArguments east = in_folder("east");
  east.ca = pki.path("east-ca.pem");
  east.ca_key = pki.path("east-ca-key.pem");
  EXPECT_TRUE(says(run(create_certificate_files, east), "east-syncer-0.pem"));
  EXPECT_TRUE(says(run(verify_files, files("east-syncer-0")), "usable"));
  east.region = "west";
  EXPECT_TRUE(says(run(create_certificate_files, east), "may not issue for region \"west\""));
}

TEST_F(TlsCommands, SayInWordsWhyTwoEndsWillNotTalk) {
  run(create_ca_files, in_folder());
  run(create_certificate_files, in_folder("east"));
  TlsArguments verify = files("east-syncer-0");
  verify.peer_cert_file = pki.make(test::identity("west")).certificate;  // of the CA "pool"
  const std::string ours = run(verify_files, verify);
  EXPECT_TRUE(says(ours, "they will not talk: we do not believe")) << ours;
  EXPECT_TRUE(says(ours, "it is not issued by a CA of tls.ca-file")) << ours;
  run(create_certificate_files, in_folder("west"));
  verify.peer_cert_file = pki.path("west-syncer-0.pem");
  verify.peer_ca_file = pki.path("pool.pem");
  const std::string theirs = run(verify_files, verify);
  EXPECT_TRUE(says(theirs, "the other end does not believe")) << theirs;
  verify = files("east-syncer-0");
  verify.address = "127.0.0.1:1";
  EXPECT_TRUE(says(run(verify_files, verify), "cannot connect: Connection refused"));
}

}  // namespace
}  // namespace syncer::cli
