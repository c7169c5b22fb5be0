// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include "syncer/policy/filter.h"
#include "syncer/registry/driver.h"
#include "syncer/replication/projection.h"

namespace syncer::node {

using SharedPolicy = std::shared_ptr<const policy::Policy>;

/// What a policy says of the records of one direction of the link with a region, as a view of them: reasons are
/// policy::RuleId. None where it lets everything pass as it is.
/// `kinds` is borrowed: they make native parts agree with what is rewritten.
replication::View view_of(const SharedPolicy& policy, const registry::Kinds& kinds, policy::Direction direction,
                          std::string_view region);

/// The policy's pace as the time between two withdrawals.
Duration pace_of(const policy::Policy& policy);

}  // namespace syncer::node
