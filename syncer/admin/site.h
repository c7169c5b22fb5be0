// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "syncer/admin/command.h"
#include "syncer/admin/event_feed.h"
#include "syncer/admin/gate.h"
#include "syncer/catalog/accounts.h"
#include "syncer/httpio/http_server.h"
#include "syncer/node/inventory.h"
#include "syncer/node/mappings.h"
#include "syncer/node/pool_reports.h"
#include "syncer/node/status.h"

namespace syncer::admin {

/// What the endpoint can ask for.
struct AdminApi {
  std::function<node::Status()> status;
  std::function<std::optional<node::Status>()> bridge = [] {
    return std::optional<node::Status>();
  };                                     ///< that of the bridge's far side; nothing without a bridge
  std::function<std::string()> metrics;  ///< the text of GET /metrics
  std::function<node::KeysReport()> keys;
  std::function<node::CopiesReport(const catalog::CopyQuery&)> copies;
  std::function<node::ServicesReport(const std::string& search, const std::string& after, std::size_t limit)> services;
  /// What all regions know of the instances of that name or with that id; what two regions show differently.
  /// For everybody it may be too much at the moment: then nothing.
  std::function<std::shared_ptr<httpio::BodyStream>(const std::string& what, bool for_everybody)> explain;
  std::function<std::shared_ptr<httpio::BodyStream>(const std::string& a, const std::string& b)> differences;
  std::function<node::MappingsReport(const node::MappingQuery&)> mappings;
  /// Who of the pool answers now; and round trips to a member or region, or to all.
  std::function<std::shared_ptr<httpio::BodyStream>()> reachability;
  std::function<Result<node::RttReport>(const std::string& about)> round_trips;
  std::function<node::HistoryReport()> history;
  std::function<node::ConfigReport()> config;
  EventFeed* events = nullptr;  ///< borrowed; none: GET /v1/events finds nothing
  /// Carries out what `who` asked for (Caller::who); gives the text of the answer.
  std::function<Result<std::string>(const Command&, const std::string& who)> run;
};

/// What is answered to which request, without sockets. GET (and HEAD) /livez, /readyz, /metrics, /v1/status,
/// /v1/members, /v1/cluster, /v1/events, /v1/copies, /v1/services, /v1/mappings, /v1/explain, /v1/rtt,
/// /v1/history at every entrance, /ui where everybody may look; GET /v1/keys, /v1/config, /v1/reachability (which sends
/// packets), /v1/diff (which asks other regions) and a POST for each Command where operators come in.
class Site {
 public:
  Site(AdminApi api, TokenSource token) : api_(std::move(api)), token_(std::move(token)) {}

  httpio::Answer answer(Entrance entrance, const httpio::ServedRequest& request, const httpio::Caller& caller) const;

 private:
  httpio::Answer document(Entrance entrance, const httpio::ServedRequest& request) const;
  std::optional<httpio::Answer> inventory(const httpio::ServedRequest& request) const;
  std::optional<httpio::Answer> inquiry(Entrance entrance, const httpio::ServedRequest& request) const;
  httpio::Answer events(Entrance entrance, const httpio::ServedRequest& request) const;
  httpio::Answer run_command(const httpio::ServedRequest& request, const httpio::Caller& caller) const;

  AdminApi api_;
  TokenSource token_;
};

}  // namespace syncer::admin
