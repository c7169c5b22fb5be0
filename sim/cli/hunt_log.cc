// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/hunt_log.h"

#include <filesystem>
#include <nlohmann/json.hpp>

namespace sim::cli {
namespace {

using nlohmann::json;

json to_value(const HuntCase& one) {
  json line = {{"case", one.number}, {"genome", one.genome.genes}, {"verdict", one.verdict}, {"events", one.events}};
  if (!one.violated.empty()) line["violated"] = one.violated;
  if (!one.cause.empty()) line["cause"] = one.cause;
  if (!one.file.empty()) line["file"] = one.file;
  if (!one.reached.empty()) line["reached"] = one.reached;
  return line;
}

HuntCase case_from(const json& line) {
  HuntCase one;
  one.number = line.at("case");
  one.genome.genes = line.at("genome");
  one.verdict = line.at("verdict");
  one.events = line.at("events");
  one.violated = line.value("violated", std::vector<std::string>{});
  one.cause = line.value("cause", "");
  one.file = line.value("file", "");
  one.reached = line.value("reached", engine::Reached{});
  return one;
}

}  // namespace

syncer::Result<void> HuntLog::open() {
  std::error_code error;
  std::filesystem::create_directories(folder_ + "/failures", error);
  const std::string path = folder_ + "/log.jsonl";
  std::ifstream in(path);
  bool whole = true;
  for (std::string text; std::getline(in, text);) {
    const json line = json::parse(text, nullptr, false);
    whole = line.is_object() && !in.eof();
    try {
      if (line.is_object()) former_.push_back(case_from(line));
    } catch (const json::exception& e) {
      return syncer::failure(syncer::ErrorCode::Corrupt, path, e.what());
    }
  }
  out_.open(path, std::ios::app);
  // A line that was cut short would swallow the next one.
  if (!whole) out_ << "\n";
  if (out_.flush()) return {};
  return syncer::failure(syncer::ErrorCode::Io, path, "cannot be written");
}

void HuntLog::add(const HuntCase& one) {
  out_ << to_value(one).dump(-1, ' ', false, json::error_handler_t::replace) << "\n" << std::flush;
}

}  // namespace sim::cli
