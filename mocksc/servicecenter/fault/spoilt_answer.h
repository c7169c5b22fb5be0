// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mocksc/servicecenter/api/operation.h"
#include "syncer/base/http_message.h"
#include "syncer/base/quantity.h"
#include "syncer/base/random.h"

namespace mocksc {

/// Makes the answer to a batch find or a set of heartbeats say of a share of its elements, each drawn, that they failed
/// for a reason that says nothing about them. Any other answer stays as it is.
void refuse_part(Operation operation, const syncer::Ratio& part, syncer::Random& random, syncer::HttpResponse& answer);

}  // namespace mocksc
