// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/cluster.h"

#include <csignal>
#include <sstream>

namespace e2e {

std::vector<std::string> quick_start_words(const std::string& host, const std::string& region, const std::string& join,
                                           int first, int i) {
  const std::string gossip = std::to_string(30090 + 100 * i);
  const std::string rpc = std::to_string(30091 + 100 * i);
  std::istringstream line("--sc-addr http://" + host + ":30100 --bind-addr " + host + ":" + gossip + " --rpc-addr " +
                          host + ":" + rpc + " --node syncer0" + std::to_string(first + i) + " --join-addr " + join +
                          " --cluster-name " + region + " --log-format json");
  std::vector<std::string> words;
  for (std::string word; line >> word;) words.push_back(word);
  return words;
}

Cluster::Cluster(const Workplace& workplace, std::string host, std::string region, std::string join, int first)
    : workplace_(workplace) {
  for (int i = 1; i <= 3; ++i) {
    words_.push_back(quick_start_words(host, region, join, first, i));
    for (const char* word : {"--mode", "cluster", "--cluster-port"}) words_.back().emplace_back(word);
    words_.back().push_back("3020" + std::to_string(i));
    syncers_.push_back(std::make_unique<Syncer>(workplace_, words_.back()));
  }
}

std::optional<std::size_t> Cluster::leader() const {
  for (std::size_t i = 0; i < syncers_.size(); ++i) {
    if (syncers_[i] && syncers_[i]->status("/group/leads") == "true") return i;
  }
  return std::nullopt;
}

void Cluster::kill(std::size_t i) { end(i, SIGKILL); }
void Cluster::terminate(std::size_t i) { end(i, SIGTERM); }

void Cluster::end(std::size_t i, int signal) {
  syncers_[i]->process.signal(signal);
  syncers_[i]->process.wait_for_exit(seconds(20));
  syncers_[i].reset();
}

void Cluster::start(std::size_t i) { syncers_[i] = std::make_unique<Syncer>(workplace_, words_[i]); }

std::string Cluster::output() const {
  std::string all;
  for (const auto& syncer : syncers_) {
    if (syncer) all += "---- " + syncer->node + "\n" + syncer->process.output();
  }
  return all;
}

}  // namespace e2e
