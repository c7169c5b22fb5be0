// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "mocksc/nacos/api/answers.h"

namespace mocksc::nacos {

/// Metadata as a JSON object.
Json metadata_json(const Metadata& metadata);
/// An instance as lists show it; `healthy` is what the list tells of it.
Json host_json(const Call& call, const ServiceName& service, const Instance& instance, bool healthy);
/// An instance as a 1.x server's list shows it.
Json first_host_json(const ServiceName& service, const Instance& instance, bool healthy);
/// An instance as the catalog of all services shows it.
Json catalog_host_json(const Instance& instance);
/// An instance as the call for one shows it.
Json detail_json(const Call& call, const ServiceName& service, const Instance& instance);

/// The instances that a list shows, and whether it tells all of them as healthy since too few are.
struct Selection {
  std::vector<Instance> hosts;
  bool is_protected = false;
};
Selection select(const Call& call, const ServiceName& service);

}  // namespace mocksc::nacos
