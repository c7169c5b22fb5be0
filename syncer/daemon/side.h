// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <memory>
#include <string>

#include "syncer/admin/metrics.h"
#include "syncer/daemon/certificates.h"
#include "syncer/daemon/event_log.h"
#include "syncer/daemon/inquiries.h"
#include "syncer/daemon/metered_http.h"
#include "syncer/daemon/sockets.h"
#include "syncer/httpio/http_client.h"
#include "syncer/net/resolver.h"
#include "syncer/node/node.h"
#include "syncer/node/pool_reports.h"
#include "syncer/store/file_storage.h"

namespace syncer::daemon {

/// One syncer of the process: a node between its adapters. A daemon has one, and a second one at the other end of its
/// bridge. Both turn on one loop.
class Side {
 public:
  /// Borrows all. `name` stands in the lines of the log where there are two; empty where there is one.
  Side(config::DaemonConfig& config, net::Loop& loop, EventLog& log, std::string name = "");

  /// Takes the folder, the addresses and the files; an error ends the process, which may then abandon() it. Ports that
  /// the system chose are in the configuration afterwards. `descriptors` may be open for this side.
  Result<void> open(std::size_t descriptors);
  /// Gives up before anything was stored: leaves no folder behind.
  void abandon();
  void start();

  /// What is due; to be called when now >= next_deadline().
  void advance(Instant now);
  Instant next_deadline() const {
    return std::min({node_->next_deadline(), inquiries_->next_deadline(), measure_due_});
  }
  bool flushed() const { return sockets_.streams->flushed(); }

  /// Whether reload() may follow; applies nothing.
  Result<void> check_reload(const config::DaemonConfig& fresh) const;
  /// Reads files again and takes over what a running syncer can.
  Result<void> reload(const config::DaemonConfig& fresh);
  /// One more address to join by, until the process ends.
  Result<void> join(const std::string& address) { return resolver_->add(address); }

  node::Node& node() { return *node_; }
  const char* certificate_rule() const { return certificates_.rule(); }
  Inquiries& inquiries() { return *inquiries_; }
  /// With what the adapters know besides.
  node::Status status(Instant now) const;
  /// Round trips to that member or region, or to all; NotFound for a name that nobody has.
  Result<node::RttReport> round_trips(Instant now, const std::string& about) const;
  /// What is measured of it; `status` is its own.
  admin::SideMetrics metrics(std::string label, node::Status status);

 private:
  net::StreamCallbacks stream_callbacks();
  void open_http();
  Result<void> open_storage();
  Result<void> open_node();
  void add_unresolved(node::Status& status) const;
  void measure(Instant now);

  config::DaemonConfig& config_;
  net::Loop& loop_;
  EventLog& log_;
  EventCounter events_;
  admin::Measures measures_;
  Instant measure_due_{};
  // The node uses the ports and goes first; the ports use the loop.
  std::unique_ptr<store::FileStorage> storage_;
  Sockets sockets_;
  std::unique_ptr<httpio::HttpClient> http_;
  std::unique_ptr<MeteredHttp> metered_;
  std::unique_ptr<node::Node> node_;
  std::unique_ptr<Inquiries> inquiries_;
  std::unique_ptr<net::Resolver> resolver_;
  Certificates certificates_;
};

}  // namespace syncer::daemon
