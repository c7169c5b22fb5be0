// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mocksc/servicecenter/api/call.h"

namespace mocksc {

/// Every handler gives the body of a success, or the refusal. The dispatcher makes the HTTP answer of it.
using Answer = ApiResult<std::string>;

Answer register_service(Call& call);
Answer list_services(Call& call);
Answer delete_services(Call& call);
Answer get_service(Call& call);
Answer delete_service(Call& call);
Answer put_service_properties(Call& call);
Answer put_schemas(Call& call);
Answer list_schemas(Call& call);
Answer put_schema(Call& call);
Answer delete_schema(Call& call);
Answer register_instance(Call& call);
Answer unregister_instance(Call& call);
Answer heartbeat(Call& call);
Answer heartbeat_set(Call& call);
Answer put_status(Call& call);
Answer put_instance_properties(Call& call);
Answer bulk_status(Call& call);
Answer batch_find(Call& call);
Answer put_tags(Call& call);
Answer get_tags(Call& call);
Answer put_tag(Call& call);
Answer delete_tags(Call& call);
Answer list_providers(Call& call);
Answer list_consumers(Call& call);
Answer cluster_health(Call& call);
Answer dump(Call& call);
Answer govern_services(Call& call);
Answer govern_service(Call& call);
Answer govern_apps(Call& call);
Answer govern_statistics(Call& call);
/// "4.0.0" under /v4, "3.0.0" at the root.
std::string version_info(Release release, std::string_view api_version);

/// These answer with more than a body: a summary or revision header, 304.
syncer::HttpResponse existence(Call& call);
syncer::HttpResponse get_schema(Call& call);
syncer::HttpResponse get_instance(Call& call);
syncer::HttpResponse list_instances(Call& call);
syncer::HttpResponse find_instances(Call& call);

/// The id of the instance once it is registered or its lease renewed.
ApiResult<std::string> register_one(Call& call, Instance instance);
/// Replaces (from 1.4.8 on) or merges the tags of a service.
std::optional<ApiError> store_tags(Call& call, ServiceRecord& service, const Properties& tags);

}  // namespace mocksc
