// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/show/packets.h"
#include "sim/show/tables.h"
#include "sim/why/recorder.h"

namespace sim::show {

using host::NodeIndex;
using host::RegistryIndex;

/// Records a run for a page: what everybody reported, every packet, what each registry showed of each instance, and of
/// all of it what it was caused by. Like the recorder that it extends, it judges by the checks it is given.
class Film : public why::Recorder {
 public:
  explicit Film(std::unique_ptr<scenario::Checks> checks) : why::Recorder(std::move(checks)), packets_(tables_) {}

  void begin(const scenario::CheckContext& run) override;
  void on_label(std::string_view label, const scenario::Event* event) override;
  void on_application(RegistryIndex registry, std::string_view instance, std::string_view verb) override;
  scenario::Findings finish() override;
  void on_node_event(NodeIndex node, const syncer::Event& event) override;
  void on_registry_change(RegistryIndex registry, const host::RegistryChange& change) override;
  void on_host_change(NodeIndex node, host::HostChange change) override;
  void on_request(NodeIndex node, const syncer::HttpRequest& request) override;
  void on_message(const host::Message& message) override;
  bool wants_messages() const override { return true; }
  void before_event(syncer::Instant now) override;
  bool wants_before_event() const override { return true; }

  /// After the run.
  const Tables& tables() const { return tables_; }

 private:
  /// The last packet that came in at a site.
  struct Arrival {
    syncer::Instant at = syncer::kNever;
    std::uint32_t packet = 0;
  };
  Turn& turn();
  std::uint32_t turn_number();
  std::uint32_t site(host::Site site);
  std::uint32_t site_of(NodeIndex node) { return site(host::Site::node(node)); }
  /// What this site does at this instant was caused by what came in at it at this instant, unless something else was.
  void acts(std::uint32_t site);
  void caused_by(Turn::Cause cause, std::uint32_t of);
  Row* add_row(std::uint32_t who, std::string_view what, Row::Look look, std::uint32_t subject);
  void add_fact(Row& row, const syncer::Field& field);
  std::uint32_t subject_of(NodeIndex node, const syncer::Event& event);
  std::uint32_t instance(RegistryIndex home, const std::string& id);
  std::uint32_t instance_of(RegistryIndex registry, const host::RegistryChange& change);
  void show(std::uint32_t number);
  void count_http(const host::Message& message, std::uint32_t from, std::uint32_t to, Sample& sample);
  void sample_until(syncer::Instant now);

  Tables tables_;
  Packets packets_;
  std::optional<scenario::CheckContext> run_;
  syncer::Instant now_{};
  bool turn_is_open_ = false;
  std::vector<Arrival> arrivals_;                                           // by site
  std::map<std::pair<RegistryIndex, std::string>, std::uint32_t> numbers_;  // of instances, counted from 1
  std::map<NodeIndex, std::uint32_t> strangers_;
  std::size_t sample_ = 0;
};

}  // namespace sim::show
