// SPDX-License-Identifier: Apache-2.0
// Plays requests that were recorded at a real Eureka server against the mock, in order, and compares each answer.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "mocksc/http/server.h"
#include "tests/conformance/eureka/pattern.h"
#include "tests/conformance/servicecenter/wire_client.h"

namespace mocksc::conformance {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using std::chrono::milliseconds;

constexpr std::int64_t kWall = 1'700'000'000'000;  // ms

std::optional<json> load_recording() {
  const char* folder = std::getenv("SYNCER_CONFORMANCE_DIR");
  const std::filesystem::path root = folder != nullptr
                                         ? std::filesystem::path(folder)
                                         : std::filesystem::path(SYNCER_SOURCE_DIR "/../shared/conformance");
  std::ifstream file(root / "registries" / "eureka.json");
  if (!file) return std::nullopt;
  return json::parse(file);
}

/// How the recorded server of a group was set up.
std::vector<std::pair<std::string, std::string>> settings_of(const std::string& group) {
  std::vector<std::pair<std::string, std::string>> settings = {{"eureka.server.use-read-only-response-cache", "false"},
                                                               {"eureka.server.eviction-interval-timer-in-ms", "2000"}};
  settings.emplace_back("eureka.server.enable-self-preservation", group == "self-preservation" ? "true" : "false");
  if (group == "empty-start-403") settings.emplace_back("eureka.server.wait-time-in-ms-when-sync-empty", "20000");
  return settings;
}

/// Before these the recorder waited.
milliseconds wait_before(const json& row) {
  const std::string name = row.at("name");
  const std::string group = row.at("group");
  if (name == "list after 8 s") return 8s;
  if (name == "list after the wait") return 21s;
  return group == "peers" || group == "restart" ? 2s : 0s;
}

/// One group: its own servers, symbols and clock.
class Group {
 public:
  explicit Group(const std::string& name) : name_(name) { start(name == "peers" || name == "restart" ? 2 : 1); }

  /// What differs between the mock's answer and the recorded one; empty when nothing does.
  std::string play(const json& row) {
    now_ += wait_before(row).count();
    prepare(row);
    std::map<std::string, std::string> headers;
    for (const auto& [header, value] : row.at("headers").items()) headers[header] = value;
    const std::string body = row.at("body").is_null() ? "" : row.at("body").get<std::string>();
    const std::string path = pattern_.fill(row.at("path"), fresh_for(row));
    const WireAnswer answer =
        send_request(port_of(row), row.at("method"), path, headers, pattern_.fill(body, fresh_for(row)));
    return compare(row, answer);
  }

 private:
  void start(std::size_t peers) {
    ServerOptions options;
    options.kind = "eureka";
    options.settings = settings_of(name_);
    for (std::size_t i = 0; i < peers; ++i) options.listen.push_back(syncer::Endpoint::v4(127, 0, 0, 1, 0));
    options.model.wall_at_zero = kWall * 1'000'000;
    options.clock = [this] { return syncer::Instant(milliseconds(now_.load())); };
    auto server = Server::start(std::move(options));
    ASSERT_TRUE(server) << to_string(server.error());
    server_ = std::move(*server);
  }

  /// What the recorder did at the servers themselves.
  void prepare(const json& row) {
    const std::string name = row.at("name");
    if (name == "list of a peer just started") control("/mock/restart/1");
    if (name == "register standalone") start(1);
    if (name == "list of a standalone server just started") control("/mock/restart/0");
  }
  void control(const std::string& path) {
    EXPECT_EQ(send_request(server_->endpoints()[0].port, "POST", path, {}, "").status, 200) << path;
  }

  std::uint16_t port_of(const json& row) const {
    const std::string note = row.at("note");
    const std::string name = row.at("name");
    const bool second = note.find("sent to peer 2") != std::string::npos || name == "list of a peer just started";
    return server_->endpoints()[second ? 1 : 0].port;
  }

  /// The value of a time that nothing bound yet: the recorder's clock, or some time before or after it.
  std::int64_t fresh_for(const json& row) const {
    const std::string name = row.at("name");
    if (name.starts_with("older")) return kWall + now_ - 5000;
    return kWall + now_ + (name.starts_with("newer") ? 5000 : 0);
  }

  std::string compare(const json& row, const WireAnswer& answer) {
    std::string out;
    const int status = row.at("status");
    if (answer.status != status)
      out += "  status " + std::to_string(answer.status) + ", recorded " + std::to_string(status) + "\n";
    const std::string body = row.at("body_out");
    if (!pattern_.matches(body, answer.body)) out += "  body     " + answer.body + "\n  recorded " + body + "\n";
    static const std::set<std::string> kRelevant = {"content-type", "content-encoding", "content-disposition", "allow"};
    for (const std::string& name : kRelevant) {
      const auto found = answer.headers.find(name);
      const std::string actual = found == answer.headers.end() ? "" : found->second;
      const std::string recorded = row.at("headers_out").value(name, "");
      if (actual != recorded) out += "  header " + name + " \"" + actual + "\", recorded \"" + recorded + "\"\n";
    }
    return out;
  }

  std::string name_;
  std::atomic<std::int64_t> now_{0};
  std::unique_ptr<Server> server_;
  Pattern pattern_;
};

/// Rows that cannot be equal, by group and number, with the reason.
std::map<std::pair<std::string, int>, std::string> known_differences() {
  std::ifstream file(SYNCER_SOURCE_DIR "/tests/conformance/eureka/known.json");
  std::map<std::pair<std::string, int>, std::string> known;
  for (const json& row : json::parse(file)) known[{row.at("group"), row.at("seq")}] = row.at("reason");
  return known;
}

TEST(RecordedEureka, AnswersAreEqual) {
  const auto rows = load_recording();
  if (!rows) GTEST_SKIP() << "no recording: set SYNCER_CONFORMANCE_DIR to the folder that holds registries/";
  auto known = known_differences();
  std::unique_ptr<Group> group;
  std::string name;
  std::size_t equal = 0;
  for (const json& row : *rows) {
    if (!group || row.at("group") != name) {
      name = row.at("group");
      group = std::make_unique<Group>(name);
      if (testing::Test::HasFatalFailure()) return;
    }
    const std::string difference = group->play(row);
    const bool is_known = known.erase({name, row.at("seq")}) > 0;
    equal += difference.empty() ? 1 : 0;
    EXPECT_TRUE(is_known || difference.empty()) << name << " " << row.at("seq") << " " << row.at("name") << ": "
                                                << row.at("method") << " " << row.at("path") << "\n"
                                                << difference;
    EXPECT_FALSE(is_known && difference.empty()) << name << " " << row.at("seq") << " is listed, but is equal";
  }
  for (const auto& [row, reason] : known)
    ADD_FAILURE() << row.first << " " << row.second << " is listed as a difference, but not recorded";
  std::cout << equal << " of " << rows->size() << " answers are equal\n";
}

}  // namespace
}  // namespace mocksc::conformance
