// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "syncer/base/result.h"

namespace mocksc::eureka {

/// Milliseconds since 1970.
using Millis = std::int64_t;

struct Port {
  std::int64_t number = 0;
  bool enabled = false;
};

struct DataCenter {
  std::string type;  ///< "@class"
  std::string name;
  std::map<std::string, std::string> metadata;  ///< of Amazon's alone
};

/// An instance as a Eureka server holds it, with its lease.
struct Instance {
  std::optional<std::string> instance_id;  ///< as sent, which may be nothing or empty
  std::string host_name;
  std::string app;  ///< in upper case
  std::string ip_addr;
  std::string status = "UP";
  std::string overridden = "UNKNOWN";
  Port port{7001, true};
  Port secure_port{7002, false};
  std::int64_t country = 1;
  std::optional<DataCenter> data_center;
  std::int64_t renewal_interval = 30;
  std::int64_t duration = 90;  ///< seconds
  std::map<std::string, std::string> metadata;
  std::map<std::string, std::string> texts;  ///< members that the server only keeps, those that are there
  std::string coordinating = "false";
  Millis dirty = 0;  ///< 0: none was sent

  // Made by the server.
  Millis registered = 0;
  Millis renewed = 0;
  Millis evicted = 0;
  Millis service_up = 0;
  Millis updated = 0;
  std::string action = "ADDED";

  /// What names it within its application: the id, or what stands for one that is not there.
  std::string key() const;
  Millis lease_end() const { return renewed + duration * 1000; }
};

/// Upper case as Java has it, of ASCII and Latin-1.
std::string upper(std::string_view text);
bool is_status(std::string_view word);

/// Reads the body of a registration. Invalid when the server's reader would stumble.
syncer::Result<Instance> parse_json(std::string_view body);
syncer::Result<Instance> parse_xml(std::string_view body);
/// What the server has against a registration under that application (in upper case); empty when nothing.
std::string complaint(const Instance& instance, const std::string& app);

}  // namespace mocksc::eureka
