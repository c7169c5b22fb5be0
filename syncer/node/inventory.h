// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "syncer/base/status_field.h"
#include "syncer/base/time.h"
#include "syncer/node/explanation.h"

namespace syncer::node {

/// One copy in the own registry, or one that is to be there.
struct CopyRow {
  std::string origin;
  std::string service;
  std::string instance;
  std::string copy;
  std::string state;  ///< see catalog::CopyPhase
  std::string detail;
  std::string status;
  std::optional<Duration> renewed;  ///< how long ago

  template <class Self, class Visitor>
  static void describe(Self& s, Visitor& v) {
    v.field({.key = "origin", .column = "ORIGIN"}, s.origin);
    v.field({.key = "service", .column = "SERVICE"}, s.service);
    v.field({.key = "instance", .column = "INSTANCE"}, s.instance);
    v.field({.key = "copy", .column = "COPY"}, s.copy);
    v.field({.key = "state", .column = "STATE"}, s.state);
    v.field({.key = "status", .column = "STATUS"}, s.status);
    v.field({.key = "renewed", .column = "RENEWED"}, s.renewed);
    v.field({.key = "detail", .column = "DETAIL"}, s.detail);
  }
};

/// The document of GET /v1/copies.
struct CopiesReport {
  std::string schema = "syncer/copies/1";
  std::string region;
  std::optional<std::string> problem = {};  ///< why nothing is told: another syncer of the region leads
  std::uint64_t total = 0;
  std::string next;  ///< for the next page; empty at the end
  std::vector<CopyRow> copies;

  template <class Self, class Visitor>
  static void describe(Self& s, Visitor& v) {
    v.field({.key = "schema"}, s.schema);
    v.field({.key = "region"}, s.region);
    v.field({.key = "problem"}, s.problem);
    v.field({.key = "total"}, s.total);
    v.field({.key = "next"}, s.next);
    v.list({.key = "copies"}, s.copies);
  }
};

/// One service in the own registry.
struct ServiceRow {
  std::string service;
  std::uint64_t own = 0;
  std::uint64_t exported = 0;
  std::uint64_t copies = 0;
  std::map<std::string, std::uint64_t> regions;  ///< where the copies come from

  template <class Self, class Visitor>
  static void describe(Self& s, Visitor& v) {
    v.field({.key = "service", .column = "SERVICE"}, s.service);
    v.field({.key = "own", .column = "OWN"}, s.own);
    v.field({.key = "exported", .column = "EXPORTED"}, s.exported);
    v.field({.key = "copies", .column = "COPIES"}, s.copies);
    v.counts({.key = "regions", .column = "FROM"}, "region", s.regions);
  }
};

/// The document of GET /v1/services.
struct ServicesReport {
  std::string schema = "syncer/services/1";
  std::string region;
  std::optional<std::string> problem = {};  ///< as of CopiesReport
  std::uint64_t total = 0;
  std::string next;
  std::vector<ServiceRow> services;

  template <class Self, class Visitor>
  static void describe(Self& s, Visitor& v) {
    v.field({.key = "schema"}, s.schema);
    v.field({.key = "region"}, s.region);
    v.field({.key = "problem"}, s.problem);
    v.field({.key = "total"}, s.total);
    v.field({.key = "next"}, s.next);
    v.list({.key = "services"}, s.services);
  }
};

/// An instance that one region shows and the other does not.
struct DifferenceRow {
  std::string service;
  std::string instance;
  std::string origin;
  std::string shown_in;
  std::string missing_in;
  std::string why;

  template <class Self, class Visitor>
  static void describe(Self& s, Visitor& v) {
    v.field({.key = "service", .column = "SERVICE"}, s.service);
    v.field({.key = "instance", .column = "INSTANCE"}, s.instance);
    v.field({.key = "origin", .column = "ORIGIN"}, s.origin);
    v.field({.key = "shown_in", .column = "SHOWN IN"}, s.shown_in);
    v.field({.key = "missing_in", .column = "MISSING IN"}, s.missing_in);
    v.field({.key = "why", .column = "WHY"}, s.why);
  }
};

/// The document of GET /v1/diff.
struct DifferenceReport {
  std::string schema = "syncer/diff/1";
  std::string a;
  std::string b;
  std::vector<std::string> problems;  ///< whose answer is missing, and why; then the rows are not all
  std::uint64_t more = 0;             ///< 1 when there are more than were told
  std::vector<DifferenceRow> rows;

  template <class Self, class Visitor>
  static void describe(Self& s, Visitor& v) {
    v.field({.key = "schema"}, s.schema);
    v.field({.key = "a"}, s.a);
    v.field({.key = "b"}, s.b);
    v.field({.key = "problems"}, s.problems);
    v.field({.key = "more"}, s.more);
    v.list({.key = "rows"}, s.rows);
  }
};

/// What two regions, each asked for what is not as it is to be there, show differently.
DifferenceReport compare(const RegionAccount& a, const RegionAccount& b);

/// One moment of the last hour.
struct HistoryPoint {
  std::int64_t time = 0;  ///< seconds since 1970
  std::uint64_t exported = 0;
  std::uint64_t copies = 0;
  std::uint64_t pending = 0;
  std::uint64_t held = 0;
  std::uint64_t problems = 0;
  std::uint64_t regions_up = 0;

  template <class Self, class Visitor>
  static void describe(Self& s, Visitor& v) {
    v.field({.key = "time"}, s.time);
    v.field({.key = "exported"}, s.exported);
    v.field({.key = "copies"}, s.copies);
    v.field({.key = "pending"}, s.pending);
    v.field({.key = "held"}, s.held);
    v.field({.key = "problems"}, s.problems);
    v.field({.key = "regions_up"}, s.regions_up);
  }
};

/// The document of GET /v1/history.
struct HistoryReport {
  std::string schema = "syncer/history/1";
  Duration interval{};
  std::vector<HistoryPoint> points;

  template <class Self, class Visitor>
  static void describe(Self& s, Visitor& v) {
    v.field({.key = "schema"}, s.schema);
    v.field({.key = "interval"}, s.interval);
    v.list({.key = "points"}, s.points);
  }
};

/// One key of the configuration in force.
struct ConfigRow {
  std::string key;
  std::string value;
  std::string origin;

  template <class Self, class Visitor>
  static void describe(Self& s, Visitor& v) {
    v.field({.key = "key", .column = "KEY"}, s.key);
    v.field({.key = "value", .column = "VALUE"}, s.value);
    v.field({.key = "origin", .column = "ORIGIN"}, s.origin);
  }
};

/// The document of GET /v1/config.
struct ConfigReport {
  std::string schema = "syncer/config/1";
  std::vector<ConfigRow> keys;

  template <class Self, class Visitor>
  static void describe(Self& s, Visitor& v) {
    v.field({.key = "schema"}, s.schema);
    v.list({.key = "keys"}, s.keys);
  }
};

/// A value without the name and password that an address may carry.
std::string without_credentials(const std::string& value);

}  // namespace syncer::node
