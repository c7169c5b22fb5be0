// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mocksc/servicecenter/api/call.h"

namespace mocksc {

/// Instances that a reader gets to see, and their revision.
struct Found {
  std::string revision;
  std::string instances;  ///< JSON array, empty text when there is none
};

/// SHA-1 of "<greatest revision>.<count>,".
std::string revision_of(std::uint64_t max_revision, std::size_t count);

/// Revision of all instances of the services together.
std::string revision_of(const std::vector<ServiceRecord*>& services);

/// All visible instances of the services, in order of service id and instance id.
Found collect(const Call& call, const std::vector<ServiceRecord*>& services);

/// What is looked for. An element of a batch find is never tried as an alias and may lack the version rule.
struct FindKey {
  std::string_view consumer_id;
  std::string_view environment;
  std::string_view app_id;
  std::string_view service_name;
  std::string_view version_rule;  ///< up to 2.0 only
  std::vector<std::string> tags;
  bool is_batch = false;
};

/// The services whose instances a find shows, after validation and access rules. Records the dependency.
ApiResult<std::vector<ServiceRecord*>> find_services(Call& call, const FindKey& key);

/// Whether the consumer may see the provider: same environment, and same app unless the provider allows others.
bool may_access(const Call& call, const Service& consumer, const ServiceRecord& provider);
/// Owns all the named tags.
bool has_tags(const ServiceRecord& service, const std::vector<std::string>& tags);
/// The asking service: null without an id, 400012 when it is unknown.
ApiResult<const ServiceRecord*> find_consumer(const Call& call, std::string_view consumer_id);
/// "env/app/name/version".
std::string path_of(const Service& service);

/// One instance by id, as `GET …/instances/{id}` sees it.
ApiResult<Found> find_one(Call& call, std::string_view consumer_id, std::string_view service_id,
                          std::string_view instance_id, const std::vector<std::string>& tags);

}  // namespace mocksc
