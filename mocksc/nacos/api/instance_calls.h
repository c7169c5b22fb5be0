// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mocksc/nacos/api/call.h"

namespace mocksc::nacos {

// Calls of one instance, in every API: POST, PUT and DELETE of .../instance and PUT of .../instance/beat. In v3 a beat
// is a POST with heartBeat=true.

syncer::HttpResponse register_instance(const Call& call);
syncer::HttpResponse update_instance(const Call& call);
syncer::HttpResponse remove_instance(const Call& call);
syncer::HttpResponse beat_instance(const Call& call);
/// The health that an operator sets; only where no check runs, so never here.
syncer::HttpResponse set_health(const Call& call);

}  // namespace mocksc::nacos
