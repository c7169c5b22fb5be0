// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

/// A deliberate fault of the product, switched on by name in the mutation tests. Every checker and property must catch
/// at least one of them (tests/mutation/mutations.json). In the product libraries the macro is the constant false:
/// only the separate mutant libraries of the test tree are compiled with SYNCER_MUTATIONS.
#ifdef SYNCER_MUTATIONS
namespace syncer::mutation {
/// The one fault that is switched on; empty for none.
inline std::string_view active;
inline bool is_active(std::string_view name) { return active == name; }
}  // namespace syncer::mutation
#define SYNCER_MUTATED(name) (::syncer::mutation::is_active(name))
#else
#define SYNCER_MUTATED(name) false
#endif
