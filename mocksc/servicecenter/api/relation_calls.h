// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mocksc/servicecenter/api/call.h"
#include "mocksc/servicecenter/json/go_json.h"

/// Who depends on whom and who may find whom: dependencies, and the access rules of releases up to 2.0.
namespace mocksc {

Answer list_providers(Call& call);
Answer list_consumers(Call& call);
syncer::HttpResponse add_dependencies(Call& call);
/// Replaces what each named consumer depends on.
syncer::HttpResponse set_dependencies(Call& call);

Answer add_rules(Call& call);
/// Stores the rules that are new; their ids.
ApiResult<std::vector<std::string>> store_rules(Call& call, ServiceRecord& service,
                                                const std::vector<AccessRule>& rules);
Answer list_rules(Call& call);
Answer put_rule(Call& call);
Answer delete_rules(Call& call);

/// Whether a consumer found that service before, or was set to depend on it.
bool depends_on(const Tenant& tenant, std::string_view consumer_id, const ServiceRecord& provider);
/// Another service depends on this one.
bool has_consumers(const Tenant& tenant, const ServiceRecord& provider);
/// Whether the consumer may see the provider: same environment, and same app unless the provider allows others.
bool may_access(const Call& call, const ServiceRecord& consumer, const ServiceRecord& provider);
/// Owns all the named tags.
bool has_tags(const ServiceRecord& service, const std::vector<std::string>& tags);
/// The asking service: null without an id, 400012 when it is unknown.
ApiResult<const ServiceRecord*> find_consumer(const Call& call, std::string_view consumer_id);
/// "env/app/name/version".
std::string path_of(const Service& service);

/// Writes the services that `id` depends on (`as_consumer`), or that depend on it, as member `name`; nothing when there
/// are none. `with_self` lists a service that found itself.
void write_related(JsonWriter& out, std::string_view name, const Call& call, const ServiceRecord& service,
                   bool as_consumer, bool with_self);

}  // namespace mocksc
