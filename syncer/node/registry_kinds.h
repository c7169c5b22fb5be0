// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "syncer/registry/kinds.h"

namespace syncer::node {

/// The kinds of registry that the product knows, by the names that `registry.kind` takes.
registry::Kinds registry_kinds();

}  // namespace syncer::node
