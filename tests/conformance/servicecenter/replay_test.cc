// SPDX-License-Identifier: Apache-2.0
// Plays requests that were recorded at real service centers against the mock, in order, and compares each answer.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "mocksc/http/server.h"
#include "tests/conformance/servicecenter/recording.h"
#include "tests/conformance/servicecenter/symbols.h"
#include "tests/conformance/servicecenter/wire_client.h"

namespace mocksc::conformance {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

/// Requests before which the recorder waited, and how long: its lease was 20 s, in the old release 4 s. Before
/// "unregister i2" as much passed as the answer after it shows: the cache has the instance. Before all others only the
/// answer took time, and what readers see depends on it.
milliseconds wait_before(const Row& row, const std::string& release) {
  static const std::map<std::pair<std::string, std::string>, std::pair<milliseconds, milliseconds>> kWaits = {
      {{"find", "unregister i2"}, {200ms, 200ms}},  {{"find", "after 2.8 s"}, {2800ms, 2800ms}},
      {{"expiry", "list before ttl"}, {15s, 2s}},   {{"expiry", "alive after first ttl"}, {10s, 2s}},
      {{"expiry", "heartbeat expired"}, {21s, 5s}}, {{"expiry", "list after expiry"}, {3s, 3s}},
      {{"dump_full", "dump"}, {40s, 40s}},
  };
  const auto found = kWaits.find({row.group, row.name});
  if (found == kWaits.end()) return milliseconds(row.wall_ms);
  return release == "1.3.0" ? found->second.second : found->second.first;
}

/// The recorder joined the values of a repeated header in alphabetical order; that of Allow is the order of a Go map.
std::string sorted_list(const std::string& joined) {
  std::set<std::string> words;
  for (std::size_t at = 0; at < joined.size();) {
    const auto end = std::min(joined.find(", ", at), joined.size());
    words.insert(joined.substr(at, end - at));
    at = end + 2;
  }
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

/// One mock that lives as long as the replay of a release.
class Replay {
 public:
  explicit Replay(const std::string& release) : release_(release) {
    ServerOptions options;
    options.listen = {syncer::Endpoint::v4(127, 0, 0, 1, 0)};
    options.model.release = *parse_release(release);
    options.model.wall_at_zero = 1'700'000'000'000'000'000;
    options.clock = [this] { return syncer::Instant(milliseconds(now_.load())); };
    server_ = std::move(*Server::start(std::move(options)));
  }

  /// What differs between the mock's answer and the recorded one; empty when nothing does.
  std::string play(Row row, const Variables& variables) {
    if (row.group != group_) symbols_.clear();
    group_ = row.group;
    now_ += wait_before(row, release_).count();
    std::map<std::string, std::string> headers;
    for (const auto& [name, value] : row.headers) {
      headers[name] = expand_lengths(symbols_.fill(variables.fill(row, value)));
    }
    const std::string body = expand_lengths(symbols_.fill(variables.fill(row, row.body)));
    if (row.group == "dump_full") row.body_out = without_unknown(row.body_out, told_);
    told_ += row.path_sent + row.body + row.body_out;
    const WireAnswer answer =
        send_request(server_->endpoints()[0].port, row.method, symbols_.fill(row.path_sent), headers, body);
    return compare(row, answer);
  }

  /// A request that the data leaves out, though later rows show what it did.
  void send_left_out(const nlohmann::json& request) {
    const WireAnswer answer = send_request(server_->endpoints()[0].port, request.at("method"), request.at("path"),
                                           {{"X-Domain-Name", "default"}}, request.at("body").dump());
    EXPECT_EQ(answer.status, 200) << request;
  }

 private:
  std::string compare(const Row& row, const WireAnswer& answer) {
    std::string out;
    if (answer.status != row.status) {
      out += "  status " + std::to_string(answer.status) + ", recorded " + std::to_string(row.status) + "\n";
    }
    if (row.status == 0) return out;
    if (!symbols_.matches_json(row.body_out, answer.body)) {
      out += "  body     " + answer.body.substr(0, 3000) + "\n  recorded " + row.body_out.substr(0, 3000) + "\n";
    }
    return out + compare_headers(row, answer);
  }

  std::string compare_headers(const Row& row, const WireAnswer& answer) {
    // Of the mock's connection and clock, not of the service center.
    static const std::set<std::string> kOwn = {"date", "connection"};
    std::string out;
    for (const auto& [name, value] : row.headers_out) {
      const auto found = answer.headers.find(name);
      std::string actual = found == answer.headers.end() ? "" : found->second;
      const bool is_list = name == "vary" || name == "allow";
      const bool is_equal = value == "given" ? found != answer.headers.end()
                            : is_list        ? sorted_list(value) == sorted_list(actual)
                                             : symbols_.matches(value, actual);
      if (!is_equal) out += "  header " + name + " \"" + actual + "\", recorded \"" + value + "\"\n";
    }
    for (const auto& [name, value] : answer.headers) {
      if (row.headers_out.count(name) == 0 && kOwn.count(name) == 0) {
        out += "  header " + name + " \"" + value + "\", recorded none\n";
      }
    }
    return out;
  }

  std::string release_;
  std::atomic<std::int64_t> now_{0};
  std::unique_ptr<Server> server_;
  Symbols symbols_;
  std::string group_;
  std::string told_;  ///< all rows so far
};

/// What is known beside the data: rows that differ, with the reason, and requests that it leaves out.
nlohmann::json known_of(const std::string& release) {
  std::ifstream file(SYNCER_SOURCE_DIR "/tests/conformance/servicecenter/known.json");
  return nlohmann::json::parse(file).at(release);
}

std::map<int, std::string> differences_of(const nlohmann::json& known) {
  std::map<int, std::string> out;
  for (const auto& row : known.at("differences")) out[row.at("seq")] = row.at("reason");
  return out;
}

class Recorded : public testing::TestWithParam<std::string> {};

TEST_P(Recorded, AnswersAreEqual) {
  const auto rows = load_recording(GetParam());
  if (!rows) GTEST_SKIP() << "no recording: set SYNCER_CONFORMANCE_DIR to the folder that holds servicecenter/";
  const Variables variables(*rows);
  const nlohmann::json beside = known_of(GetParam());
  auto known = differences_of(beside);
  Replay replay(GetParam());
  std::size_t equal = 0;
  for (const Row& row : *rows) {
    for (const auto& request : beside.at("left_out")) {
      if (request.at("before") == row.seq) replay.send_left_out(request);
    }
    const std::string difference = replay.play(row, variables);
    const bool is_known = known.erase(row.seq) > 0;
    equal += difference.empty() ? 1 : 0;
    EXPECT_TRUE(is_known || difference.empty())
        << row.seq << " " << row.group << "/" << row.name << ": " << row.method << " " << row.path_sent.substr(0, 200)
        << " " << row.body.substr(0, 300) << "\n"
        << difference;
    EXPECT_FALSE(is_known && difference.empty()) << row.seq << " is listed as a difference, but is equal";
  }
  for (const auto& [seq, reason] : known) ADD_FAILURE() << seq << " is listed as a difference, but not recorded";
  std::cout << "release " << GetParam() << ": " << equal << " of " << rows->size() << " answers are equal\n";
}

INSTANTIATE_TEST_SUITE_P(Releases, Recorded, testing::Values("2.2.0", "1.3.0"), [](const auto& one) {
  std::string name = "V" + one.param;
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
});

}  // namespace
}  // namespace mocksc::conformance
