// SPDX-License-Identifier: Apache-2.0
// Plays requests that were recorded at real Nacos servers against the mock, in order, and compares each answer.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "mocksc/nacos/api/model.h"
#include "tests/conformance/nacos/answer_match.h"

namespace mocksc::nacos::conformance {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

std::string folder() {
  const char* set = std::getenv("SYNCER_CONFORMANCE_DIR");
  return set != nullptr ? set : SYNCER_SOURCE_DIR "/../shared/conformance";
}

std::optional<json> load_recording(const std::string& part) {
  std::ifstream file(folder() + "/registries/nacos-" + part + ".json");
  if (!file) return std::nullopt;
  return json::parse(file);
}

std::string row_name(const json& row) {
  return row.at("group").get<std::string>() + "/" + std::to_string(row.at("seq").get<int>());
}

syncer::HttpRequest request_of(const json& row) {
  syncer::HttpRequest out;
  out.method = row.at("method");
  out.target = row.at("path");
  if (row.contains("headers")) {
    for (const auto& [name, value] : row.at("headers").items()) out.headers.add(name, value);
  }
  if (row.contains("body") && row.at("body").is_string()) out.body = row.at("body").get<std::string>();
  return out;
}

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return text;
}

/// One server that lives as long as the replay of a recording.
class Replay {
 public:
  explicit Replay(const json& known) : model_(options_of(known)) {}

  /// What differs between the mock's answer and the recorded one; empty when nothing does.
  std::string play(const json& row) {
    if (row.at("group") != group_) match_.start_group();
    group_ = row.at("group");
    const bool reads = row.at("method") == "GET";
    if (reads && wrote_) now_ += 1200ms;  // as the recorder waited
    wrote_ = !reads;
    return compare(row, model_.handle(now_, request_of(row)));
  }

  /// What happened at the server though no row tells of it.
  void play_left_out(const json& step) {
    now_ += std::chrono::milliseconds(step.value("wait_ms", 0));
    if (step.contains("method")) {
      EXPECT_EQ(model_.handle(now_, request_of(step)).status, 200) << step;
    }
  }

 private:
  static Options options_of(const json& known) {
    Options options;
    options.release = *parse_release(known.at("release").get<std::string>());
    options.port = known.at("port");
    options.wall_at_zero = 1'700'000'000'000'000'000;
    return options;
  }

  std::string compare(const json& row, const syncer::HttpResponse& answer) {
    std::string out;
    const int status = row.at("status");
    if (answer.status != status)
      out += "  status " + std::to_string(answer.status) + ", recorded " + std::to_string(status) + "\n";
    const std::string body = row.at("body_out");
    if (!match_.matches(body, answer.body))
      out += "  body     " + answer.body.substr(0, 3000) + "\n  recorded " + body.substr(0, 3000) + "\n";
    return out + compare_headers(row.at("headers_out"), answer.headers);
  }

  static std::string compare_headers(const json& recorded, const syncer::HttpHeaders& headers) {
    static const std::set<std::string> kOfTheConnection = {"date", "connection", "content-length", "transfer-encoding"};
    std::map<std::string, std::string> wanted;
    std::map<std::string, std::string> got;
    for (const auto& [name, value] : recorded.items()) {
      if (kOfTheConnection.count(name) == 0) wanted[name] = value;
    }
    for (const auto& [name, value] : headers) got[lower(name)] = value;
    return wanted == got ? "" : "  headers  " + json(got).dump() + "\n  recorded " + json(wanted).dump() + "\n";
  }

  Model model_;
  AnswerMatch match_;
  syncer::Instant now_{1s};
  std::string group_;
  bool wrote_ = false;
};

class Recorded : public testing::TestWithParam<std::string> {};

TEST_P(Recorded, AnswersAreEqual) {
  const auto rows = load_recording(GetParam());
  if (!rows) GTEST_SKIP() << "no recording: set SYNCER_CONFORMANCE_DIR to the folder that holds registries/";
  std::ifstream file(SYNCER_SOURCE_DIR "/tests/conformance/nacos/known.json");
  const json known = json::parse(file).at(GetParam());
  std::map<std::string, std::string> differences;
  for (const json& row : known.at("differences")) differences[row.at("row")] = row.at("reason");
  Replay replay(known);
  std::size_t equal = 0;
  for (const json& row : *rows) {
    const std::string name = row_name(row);
    for (const json& step : known.at("left_out")) {
      if (step.at("before") == name) replay.play_left_out(step);
    }
    const std::string difference = replay.play(row);
    const bool is_known = differences.erase(name) > 0;
    equal += difference.empty() ? 1 : 0;
    EXPECT_TRUE(is_known || difference.empty()) << name << " " << row.at("name") << ": " << row.at("method") << " "
                                                << row.at("path").get<std::string>().substr(0, 200) << "\n"
                                                << difference;
    EXPECT_FALSE(is_known && difference.empty()) << name << " is listed as a difference, but is equal";
  }
  for (const auto& [name, reason] : differences)
    ADD_FAILURE() << name << " is listed as a difference, but not recorded";
  std::cout << "release " << known.at("release") << ": " << equal << " of " << rows->size() << " answers are equal\n";
}

INSTANTIATE_TEST_SUITE_P(Releases, Recorded, testing::Values("1", "2", "3"),
                         [](const auto& one) { return "Part" + one.param; });

}  // namespace
}  // namespace mocksc::nacos::conformance
