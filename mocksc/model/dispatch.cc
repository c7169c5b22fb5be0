// SPDX-License-Identifier: Apache-2.0
#include "mocksc/model/dispatch.h"

#include "mocksc/model/handlers.h"
#include "syncer/base/assert.h"

namespace mocksc {
namespace {

syncer::HttpResponse to_http(Answer answer) {
  if (!answer) return error_answer(answer.error());
  return answer->empty() ? empty_answer() : json_answer(std::move(*answer));
}

/// The handler of the calls that answer with nothing but a body.
Answer (*handler_of(Operation operation))(Call&) {
  switch (operation) {
    case Operation::RegisterService: return register_service;
    case Operation::ListServices: return list_services;
    case Operation::DeleteServices: return delete_services;
    case Operation::GetService: return get_service;
    case Operation::DeleteService: return delete_service;
    case Operation::ServiceProperties: return put_service_properties;
    case Operation::PutSchemas: return put_schemas;
    case Operation::ListSchemas: return list_schemas;
    case Operation::PutSchema: return put_schema;
    case Operation::DeleteSchema: return delete_schema;
    case Operation::RegisterInstance: return register_instance;
    case Operation::Unregister: return unregister_instance;
    case Operation::Heartbeat: return heartbeat;
    case Operation::HeartbeatSet: return heartbeat_set;
    case Operation::Status: return put_status;
    case Operation::InstanceProperties: return put_instance_properties;
    case Operation::BulkStatus: return bulk_status;
    case Operation::BatchFind: return batch_find;
    case Operation::PutTags: return put_tags;
    case Operation::GetTags: return get_tags;
    case Operation::PutTag: return put_tag;
    case Operation::DeleteTags: return delete_tags;
    case Operation::Providers: return list_providers;
    case Operation::Consumers: return list_consumers;
    case Operation::Health: return cluster_health;
    case Operation::RootHealth: return cluster_health;
    case Operation::Dump: return dump;
    case Operation::GovernServices: return govern_services;
    case Operation::GovernService: return govern_service;
    case Operation::GovernApps: return govern_apps;
    case Operation::GovernStatistics: return govern_statistics;
    default: return nullptr;
  }
}

}  // namespace

bool is_known_to(Operation operation, Release release) {
  if (operation == Operation::BulkStatus) return release >= Release::V2_2_0;
  if (operation == Operation::GovernStatistics) return release >= Release::V2_0_0;
  return true;
}

syncer::HttpResponse dispatch(Call& call) {
  const Release release = call.registry.options().release;
  switch (call.route.operation) {
    case Operation::Existence: return existence(call);
    case Operation::GetSchema: return get_schema(call);
    case Operation::GetInstance: return get_instance(call);
    case Operation::ListInstances: return list_instances(call);
    case Operation::Find: return find_instances(call);
    case Operation::Version: return json_answer(version_info(release, "4.0.0"));
    case Operation::RootVersion: return json_answer(version_info(release, "3.0.0"));
    case Operation::Watch: return text_answer(400, "Bad Request\n");
    default: break;
  }
  const auto handler = handler_of(call.route.operation);
  SYNCER_ASSERT(handler != nullptr);
  return to_http(handler(call));
}

}  // namespace mocksc
