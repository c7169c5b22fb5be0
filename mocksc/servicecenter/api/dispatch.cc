// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/api/dispatch.h"

#include <algorithm>
#include <array>

#include "mocksc/servicecenter/api/handlers.h"
#include "syncer/base/assert.h"

namespace mocksc {
namespace {

syncer::HttpResponse to_http(Answer answer) {
  if (!answer) return error_answer(answer.error());
  return answer->empty() ? empty_answer() : json_answer(std::move(*answer));
}

struct Handler {
  Operation operation;
  Answer (*handle)(Call&);
};

/// The calls that answer with nothing but a body.
constexpr auto kHandlers = std::to_array<Handler>({
    {Operation::RegisterService, register_service},
    {Operation::ListServices, list_services},
    {Operation::DeleteServices, delete_services},
    {Operation::GetService, get_service},
    {Operation::DeleteService, delete_service},
    {Operation::ServiceProperties, put_service_properties},
    {Operation::PutSchemas, put_schemas},
    {Operation::ListSchemas, list_schemas},
    {Operation::PutSchema, put_schema},
    {Operation::DeleteSchema, delete_schema},
    {Operation::RegisterInstance, register_instance},
    {Operation::Unregister, unregister_instance},
    {Operation::Heartbeat, heartbeat},
    {Operation::HeartbeatSet, heartbeat_set},
    {Operation::Status, put_status},
    {Operation::InstanceProperties, put_instance_properties},
    {Operation::BulkStatus, bulk_status},
    {Operation::BatchFind, batch_find},
    {Operation::PutTags, put_tags},
    {Operation::GetTags, get_tags},
    {Operation::PutTag, put_tag},
    {Operation::DeleteTags, delete_tags},
    {Operation::Providers, list_providers},
    {Operation::Consumers, list_consumers},
    {Operation::Health, cluster_health},
    {Operation::RootHealth, cluster_health},
    {Operation::Dump, dump},
    {Operation::GovernServices, govern_services},
    {Operation::GovernService, govern_service},
    {Operation::GovernApps, govern_apps},
    {Operation::GovernStatistics, govern_statistics},
});

}  // namespace

bool is_known_to(Operation operation, Release release) {
  if (operation == Operation::BulkStatus) return release >= Release::V2_2_0;
  if (operation == Operation::GovernStatistics) return release >= Release::V2_0_0;
  return true;
}

syncer::HttpResponse dispatch(Call& call) {
  const Release release = call.registry.options().release;
  switch (call.route.operation) {
    case Operation::Existence:
      return existence(call);
    case Operation::GetSchema:
      return get_schema(call);
    case Operation::GetInstance:
      return get_instance(call);
    case Operation::ListInstances:
      return list_instances(call);
    case Operation::Find:
      return find_instances(call);
    case Operation::Version:
      return json_answer(version_info(release, "4.0.0"));
    case Operation::RootVersion:
      return json_answer(version_info(release, "3.0.0"));
    case Operation::Watch:
      return text_answer(400, "Bad Request\n");
    default:
      break;
  }
  const auto* found = std::find_if(kHandlers.begin(), kHandlers.end(),
                                   [&](const Handler& handler) { return handler.operation == call.route.operation; });
  SYNCER_ASSERT(found != kHandlers.end());
  return to_http(found->handle(call));
}

}  // namespace mocksc
