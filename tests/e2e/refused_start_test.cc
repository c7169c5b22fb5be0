// SPDX-License-Identifier: Apache-2.0
// What an operator gets wrong ends the daemon before it does anything, and the message says what to write instead.
#include <sys/stat.h>

#include <fstream>

#include "tests/e2e/region.h"

namespace e2e {
namespace {

constexpr int kCannotStart = 1;
constexpr int kUsage = 2;

class RefusedStart : public testing::Test {
 protected:
  /// Runs the daemon with these words besides its addresses; it must end with `code` and say all of `says`.
  void expect(int code, std::vector<std::string> flags, const std::vector<std::string>& says,
              std::vector<std::string> environment = {}) {
    const std::string any = "127.0.0.1:0";
    const std::vector<std::string> first = {syncer_program(), "daemon", "--node",     "refused",
                                            "--bind-addr",    any,      "--rpc-addr", any};
    flags.insert(flags.begin(), first.begin(), first.end());
    for (const std::string& word : workplace_.environment()) environment.push_back(word);
    Process process(flags, environment);
    const auto ended = process.wait_for_exit(seconds(10));
    ASSERT_TRUE(ended) << "still runs: " << process.output();
    EXPECT_EQ(*ended, code) << process.output();
    for (const std::string& text : says) {
      EXPECT_NE(process.output().find(text), std::string::npos) << text << " is not in: " << process.output();
    }
  }

  std::string file(const std::string& name, const std::string& text, mode_t mode = 0600) const {
    const std::string path = workplace_.path() + "/" + name;
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
    return path;
  }

  Workplace workplace_;
};

TEST_F(RefusedStart, AServiceCenterIsAnAddressWithSchemeHostAndPort) {
  expect(kUsage, {"--sc-addr", "ftp://10.0.0.1:1"}, {"--sc-addr", "neither http:// nor https://"});
  expect(kUsage, {"--sc-addr", "http://"}, {"--sc-addr", "write http://HOST:PORT"});
  expect(kUsage, {"--sc-addr", "http://127.0.0.1:99999"}, {"--sc-addr", "port between 1 and 65535"});
}

TEST_F(RefusedStart, ValuesOfFlagsAreReadWholly) {
  expect(kUsage, {"--mode", "both"}, {"--mode", R"("single" or "cluster")"});
  expect(kUsage, {"--join-addr", "nowhere"}, {"--join-addr", "write HOST:PORT"});
  expect(kUsage, {"--sync.hold", "forever"}, {"--sync.hold", "a duration such as \"250ms\""});
  expect(kUsage, {"--advertise-addr", "10.0.0.300"}, {"--advertise-addr", "others can reach"});
  expect(kUsage, {"surplus"}, {"surplus", "--help"});
}

TEST_F(RefusedStart, AVariableOfTheEnvironmentIsNamedAsSuch) {
  expect(kUsage, {}, {"SYNCER_MODE", R"("single" or "cluster")"}, {"SYNCER_MODE=both"});
}

TEST_F(RefusedStart, ARegionNeedsANameThatNoOtherHas) {
  expect(kUsage, {"--cluster-name", "a b"}, {"--cluster-name", "without blank, comma or slash"});
  expect(kUsage, {"--mode", "cluster", "--sc-addr", "http://127.0.0.1:30100"},
         {"the same in every region", "give --cluster-name"});
}

TEST_F(RefusedStart, OfTwoRegionsOfOneNameTheNewcomerEndsAndTheElderGoesOn) {
  auto east = words("first", "http://127.0.0.1:1");
  east.insert(east.end(), {"--cluster-name", "east"});
  Syncer first(workplace_, east);
  expect(kCannotStart, {"--cluster-name", "east", "--sc-addr", "http://127.0.0.1:2", "--join-addr", first.gossip},
         {"region name \\\"east\\\" is already used", "give each region its own --cluster-name"});
  EXPECT_EQ(first.process.wait_for_exit(seconds(0)), std::nullopt) << first.process.output();
}

TEST_F(RefusedStart, CommandsOverTcpNeedAToken) {
  expect(kUsage, {"--admin-addr", "127.0.0.1:0"},
         {"--admin-addr", "--admin.token-file", "/syncer/refused/admin.socket", "--metrics-addr"});
  const std::string open = file("open.token", "0123456789abcdef", 0644);
  expect(kCannotStart, {"--admin-addr", "127.0.0.1:0", "--admin.token-file", open},
         {"admin.token-file", open, "chmod 600"});
  const std::string brief = file("brief.token", "0123456789");
  expect(kCannotStart, {"--admin-addr", "127.0.0.1:0", "--admin.token-file", brief},
         {"admin.token-file", "10 characters can be guessed"});
}

TEST_F(RefusedStart, AMistakeInTheFileIsToldWithItsPlace) {
  const std::string unknown = file("unknown.json", "{\n  \"guard.minimun\": 5\n}");
  expect(kUsage, {"--config", unknown}, {unknown + ":2:3:", R"(did you mean "guard.minimum"?)"});
  const std::string wrong = file("wrong.json", "{ \"guard.minimum\": \"five\" }");
  expect(kUsage, {"--config", wrong}, {wrong + ":1:20:", "wanted: a whole number"});
  const std::string cut = file("cut.json", "{ \"guard.minimum\": ");
  expect(kUsage, {"--config", cut}, {cut + ":", "unexpected end of input"});
  const std::string absent = workplace_.path() + "/absent.json";
  expect(kUsage, {"--config", absent}, {absent, "No such file"});
}

TEST_F(RefusedStart, AKeyThatIsNoKeyIsNotUsed) {
  const std::string brief = file("short.keys", "[\"c2hvcnQ=\"]");
  expect(kCannotStart, {"--gossip.keyring-file", brief}, {brief, "16, 24 or 32 bytes, not 5"});
  const std::string open = file("open.keys", "[\"AAECAwQFBgcICQoLDA0ODw==\"]", 0644);
  expect(kCannotStart, {"--gossip.keyring-file", open}, {open, "chmod 600"});
  const std::string absent = workplace_.path() + "/absent.keys";
  expect(kCannotStart, {"--gossip.keyring-file", absent}, {absent, "no such file"});
}

TEST_F(RefusedStart, ADataDirectoryMustBeOneThatCanBeWritten) {
  expect(kCannotStart, {"--data-dir", "/proc/syncer"}, {"/proc/syncer", "cannot make the directory"});
  const std::string path = file("not-a-directory", "");
  expect(kCannotStart, {"--data-dir", path}, {path, "is not a directory"});
  const std::string shared = workplace_.path() + "/shared";
  std::filesystem::create_directory(shared);
  std::filesystem::permissions(shared, std::filesystem::perms::all);
  expect(kCannotStart, {"--data-dir", shared}, {shared, "others may write this data directory; chmod 700 it"});
}

TEST_F(RefusedStart, ADamagedEpochIsNotGuessed) {
  const std::string directory = workplace_.path() + "/state";
  std::filesystem::create_directory(directory);
  file("state/epoch", "garbage");
  expect(kCannotStart, {"--data-dir", directory}, {"the stored epoch is damaged", "remove it and restart"});
}

TEST_F(RefusedStart, EachListenerNamesTheFlagOfItsBusyPort) {
  const Syncer first(workplace_, words("first", "http://127.0.0.1:1"));
  expect(kCannotStart, {"--metrics-addr", first.metrics}, {"metrics-addr", first.metrics});
  const std::string port = first.rpc.substr(first.rpc.rfind(':') + 1);
  expect(kCannotStart, {"--mode", "cluster", "--cluster-name", "east", "--cluster-port", port},
         {"--cluster-port", first.rpc});
}

TEST_F(RefusedStart, NoDataDirectoryIsLeftBehind) {
  const Syncer first(workplace_, words("first", "http://127.0.0.1:1"));
  const std::string made = workplace_.path() + "/made";
  expect(kCannotStart, {"--metrics-addr", first.metrics, "--data-dir", made}, {"metrics-addr"});
  EXPECT_FALSE(std::filesystem::exists(made));
  const std::string there = workplace_.path() + "/there";
  std::filesystem::create_directory(there);
  expect(kCannotStart, {"--metrics-addr", first.metrics, "--data-dir", there}, {"metrics-addr"});
  EXPECT_TRUE(std::filesystem::exists(there)) << "it was there before";
}

TEST_F(RefusedStart, ATokenFileHoldsOneToken) {
  const std::string two = file("two.token", "one two\n");
  expect(kCannotStart, {"--registry.token-file", two}, {two, "one bearer token"});
  const std::string empty = file("empty.token", "\n");
  expect(kCannotStart, {"--registry.token-file", empty}, {empty, "holds no bearer token"});
  const std::string open = file("open.token", "abc\n", 0640);
  expect(kCannotStart, {"--registry.token-file", open}, {open, "chmod 600"});
}

}  // namespace
}  // namespace e2e
