// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mocksc/nacos/api/call.h"

namespace mocksc::nacos {

// Calls that show instances.

/// GET …/instance/list: what consumers see of one service.
syncer::HttpResponse list_instances(const Call& call);
/// GET …/instance: one instance, whatever its state.
syncer::HttpResponse show_instance(const Call& call);
/// GET /v1/ns/catalog/services: all services of a space, with or without their instances.
syncer::HttpResponse catalog_services(const Call& call);
/// GET /v1/ns/catalog/instances: one cluster of one service.
syncer::HttpResponse catalog_instances(const Call& call);
/// GET /v1/ns/catalog/service: one service.
syncer::HttpResponse catalog_service(const Call& call);
/// GET /v3/admin/ns/service/list: the catalog of a 3.x server.
syncer::HttpResponse admin_services(const Call& call);

}  // namespace mocksc::nacos
