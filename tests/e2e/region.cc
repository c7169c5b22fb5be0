// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/region.h"

#include <nlohmann/json.hpp>

namespace e2e {
namespace {

using nlohmann::json;
constexpr seconds kStart{20};

std::vector<std::string> mocksc_words(const std::vector<std::string>& listen, const std::vector<std::string>& flags,
                                      std::vector<std::string> all) {
  all.insert(all.end(), {mocksc_program(), "--quiet"});
  all.insert(all.end(), flags.begin(), flags.end());
  for (const std::string& address : listen) all.insert(all.end(), {"--listen", address});
  return all;
}

std::vector<std::string> started(const Process& process, std::size_t count) {
  std::vector<std::string> origins;
  const std::string mark = "listening on ";
  // Each address is a line of its own; the last one tells that all are there.
  const bool up = eventually(kStart, [&] {
    origins.clear();
    const std::string output = process.output();
    for (std::size_t at = output.find(mark); at != std::string::npos; at = output.find(mark, at + 1)) {
      const std::size_t begin = at + mark.size();
      const std::size_t end = output.find('\n', begin);
      if (end != std::string::npos) origins.push_back(output.substr(begin, end - begin));
    }
    return origins.size() >= count || !process.running();
  });
  if (!up || origins.size() < count) throw std::runtime_error("mocksc did not start:\n" + process.output());
  return origins;
}

std::vector<std::string> daemon_words(const std::vector<std::string>& flags, std::vector<std::string> all) {
  all.insert(all.end(), {syncer_program(), "daemon"});
  all.insert(all.end(), flags.begin(), flags.end());
  return all;
}

/// The words of a command line stay as they are: the test looks on by another way.
std::vector<std::string> watched(std::vector<std::string> environment, const std::vector<std::string>& more) {
  environment.emplace_back("SYNCER_METRICS_ADDR=127.0.0.1:0");
  environment.insert(environment.end(), more.begin(), more.end());
  return environment;
}

}  // namespace

std::string syncer_program() { return SYNCER_BUILD_DIR "/bin/syncer"; }
std::string mocksc_program() { return SYNCER_BUILD_DIR "/bin/mocksc"; }

Workplace::Workplace() {
  std::string pattern = testing::TempDir() + "syncer-e2e-XXXXXX";
  path_ = ::mkdtemp(pattern.data());
}

Workplace::~Workplace() { std::filesystem::remove_all(path_); }

Registry::Registry(const std::vector<std::string>& listen, const std::vector<std::string>& flags,
                   const std::vector<std::string>& prefix)
    : process(mocksc_words(listen, flags, prefix)), origins(started(process, listen.size())), sc(origins.front()) {}

Syncer::Syncer(const Workplace& workplace, const std::vector<std::string>& flags,
               const std::vector<std::string>& environment, const std::vector<std::string>& prefix)
    : process(daemon_words(flags, prefix), watched(workplace.environment(), environment)) {
  const auto line = process.wait_for_line({"daemon.ready"}, kStart);
  if (!line) throw std::runtime_error("the syncer did not start:\n" + process.output());
  const json ready = json::parse(*line);
  node = ready.at("node");
  gossip = ready.at("gossip");
  rpc = ready.at("rpc");
  admin = ready.at("admin");
  metrics = ready.at("metrics");
}

std::string Syncer::status(const std::string& pointer) const {
  const auto answer = test::request("GET", "http://" + metrics, "/v1/status");
  if (!answer || answer->status != 200) return "";
  const json document = json::parse(answer->body);
  const json::json_pointer where(pointer);
  return document.contains(where) ? document.at(where).dump() : "";
}

std::vector<std::string> words(const std::string& node, const std::string& registry, const std::string& join) {
  std::vector<std::string> all = {"--node",      node,         "--sc-addr",   registry,       "--bind-addr",
                                  "127.0.0.1:0", "--rpc-addr", "127.0.0.1:0", "--log-format", "json"};
  if (!join.empty()) all.insert(all.end(), {"--join-addr", join});
  return all;
}

}  // namespace e2e
