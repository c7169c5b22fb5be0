// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mocksc/nacos/api/call.h"

namespace mocksc::nacos {

// Calls of …/ns/service: what an operator does to a service itself.

syncer::HttpResponse create_service(const Call& call);
syncer::HttpResponse update_service(const Call& call);
syncer::HttpResponse remove_service(const Call& call);
syncer::HttpResponse show_service(const Call& call);
/// GET …/ns/service/list: names of one group.
syncer::HttpResponse list_services(const Call& call);

}  // namespace mocksc::nacos
