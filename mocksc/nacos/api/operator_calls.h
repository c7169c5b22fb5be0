// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mocksc/nacos/api/call.h"

namespace mocksc::nacos {

// What a server tells of itself. Readiness and metrics are good even when everything is forgotten, as in a real one.

syncer::HttpResponse server_state(const Call& call);
syncer::HttpResponse namespaces(const Call& call);
syncer::HttpResponse metrics(const Call& call);
syncer::HttpResponse switches(const Call& call, const std::string& overridden_state);
/// GET /v1/ns/operator/servers (1.x only), …/core/cluster/nodes and …/core/cluster/self.
syncer::HttpResponse servers(const Call& call);
syncer::HttpResponse cluster_nodes(const Call& call);
syncer::HttpResponse cluster_self(const Call& call);

}  // namespace mocksc::nacos
